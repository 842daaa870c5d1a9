/** The result of a rehearsal in a few lines; the first says how it ended. */

import { cohortText, countText, type RunEvidence } from '../../console/view/index.ts';
import { describeCause } from '../../core/model/index.ts';
import { plain } from '../shared/index.ts';
import { styled, type TextLine, wrapped } from './text-line.ts';

const INDENT = '  ';

export function endingOf(run: RunEvidence, columns: number): TextLine[] {
  const { verdict } = run;
  const [first = '', ...more] = wrapped(headlineOf(run), columns, INDENT.length);
  const tone = verdict.ok ? 'green' : 'red';
  return [
    ...[first, ...more].map((text) => [styled(text, tone)]),
    ...detailsOf(run)
      .flatMap((text) => wrapped(`${INDENT}${text}`, columns, INDENT.length))
      .map((text) => [styled(text)]),
  ];
}

function headlineOf(run: RunEvidence): string {
  const { verdict, ledger, back } = run;
  if (!verdict.ok) return plain(`FAILED: ${verdict.sentence}`);
  if (ledger?.status === 'rolled_back') {
    const after = back === null ? '' : ` in ${seconds(back.toWeights)} of simulated time`;
    return `ROLLED BACK${after}; ${failedText(run)}, none after the return`;
  }
  return `COMPLETED, all traffic is on the candidate; ${failedText(run)}`;
}

function failedText({ requests: { sent, failed } }: RunEvidence): string {
  const count = Object.values(failed).reduce((a, b) => a + b, 0);
  return `${count === 0 ? 'none' : countText(count)} of ${countText(sent)} requests failed`;
}

function detailsOf(run: RunEvidence): string[] {
  const { title, requests, back, ledger, speed } = run;
  const failed = Object.entries(requests.failed)
    .map(([side, n]) => `${countText(n)} ${side === 'unknown' ? 'unanswered' : `answered by ${side}`}`)
    .join(', ');
  const rollback = ledger?.rollback ?? null;
  return [
    `${plain(title)}: ${minutesOf(run)} simulated minutes, ${speed} times as fast as real time`,
    ...(run.fault === null || ledger?.status === 'rolled_back' ? [] : [plain(run.verdict.sentence)]),
    ...(rollback === null ? [] : [plain(`Cause: ${describeCause(rollback)}`)]),
    ...(run.cohort.length === 0 ? [] : [`Rule of the cohort: ${cohortText(run)}`]),
    ...(failed === '' ? [] : [`Failed requests: ${plain(failed)}`]),
    ...(back === null
      ? []
      : [
          `After the fault (simulated time): rollback triggered ${seconds(back.toRequest)}, weights restored ${seconds(back.toWeights)}, traffic confirmed back on stable ${seconds(back.toVerified)}`,
        ]),
  ];
}

function minutesOf({ startedAt, endedAt }: RunEvidence): number {
  return Math.round((endedAt - startedAt) / 60_000);
}

function seconds(value: number): string {
  return `${value.toFixed(0)} s`;
}
