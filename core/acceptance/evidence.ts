/** Formats the evidence for people. */
import { markdownTable } from '../../markdown/index.ts';
import { type Acceptance, type AcceptanceOutcome, outcomeOf } from './acceptance.ts';
import { CLAIMS } from './claims.ts';
import { STEP_TITLES } from './steps.ts';

const OUTCOMES: Readonly<Record<AcceptanceOutcome, string>> = {
  accepted: 'Every claim was seen, and nothing is left in the account.',
  refuted: 'Not every claim was seen; those that were not say why.',
  interrupted: 'It was interrupted; claims of steps that were not taken stay unknown.',
  unfinished: 'It is not finished: `crossfade accept --remove` removes what it made.',
};

/** Returns Markdown. */
export function acceptanceText(acceptance: Acceptance): string {
  const { id, crossfade, where, startedAt, costUsd, steps, findings, removal } = acceptance;
  return `${[
    `# Acceptance ${id}`,
    `Crossfade ${crossfade} in ${where}, begun ${startedAt}; computed cost ${costUsd.toFixed(2)} USD. ${OUTCOMES[outcomeOf(acceptance)]}`,
    markdownTable(
      ['claim', 'seen', 'detail'],
      Object.entries(CLAIMS).map(([claim, { text }]) => {
        const finding = Object.entries(findings).find(([of]) => of === claim)?.[1];
        return [text, finding === undefined ? 'unknown' : finding.seen ? 'yes' : '**no**', finding?.detail ?? ''];
      }),
    ),
    markdownTable(
      ['step', 'begun', 'seconds', 'result'],
      steps.map(({ step, at, seconds, failure }) => [STEP_TITLES[step], at, seconds.toFixed(0), failure ?? 'done']),
    ),
    removal === null
      ? 'Nothing was removed yet.'
      : `Removed ${removal.at}; ${removal.left.length === 0 ? 'nothing is left' : `left: ${removal.left.join(', ')}`}.`,
  ].join('\n\n')}\n`;
}
