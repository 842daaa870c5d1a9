/** What the shadow comparison still requires before its sign-off. */
import { type LogEntry, lookIn } from '../../core/model/index.ts';
import { quantity } from '../../input/index.ts';
import type { ParityList, Tone } from './page-view.ts';

const TONES: Readonly<Record<string, Tone>> = { clean: 'good', dirty: 'bad', insufficient: 'warn' };
const SENTENCES: Readonly<Record<string, string>> = {
  clean: 'Parity is clean',
  dirty: 'Parity shows breaking differences',
  insufficient: 'There is not enough parity evidence yet',
};

/** A cause of differences on a route, with what to change. */
export interface ParityCause {
  readonly route: string;
  readonly severity: string;
  readonly title: string;
  readonly advice: string;
  readonly captures: number;
}

/** From the latest evaluation that considered parity, and from the captures; null if the run never did. */
export function parityList(log: readonly LogEntry[], causes: readonly ParityCause[]): ParityList | null {
  const entry = log.findLast(({ kind, data }) => kind === 'observation' && holdsParity(data));
  if (entry === undefined) return null;
  const parity = lookIn(entry)?.parity ?? null;
  if (parity === null) return null;
  const { status, pairs, routes, reasons } = parity;
  return {
    tone: TONES[status] ?? 'plain',
    sentence: `${SENTENCES[status] ?? status}: ${quantity(pairs, 'capture')} on ${quantity(routes, 'route')}.`,
    todo: [
      ...causes.map(({ route, severity, title, advice, captures }) => ({
        what: `${route}: ${title} (${severity}, ${captures} captures)`,
        advice,
      })),
      ...reasons.map((what) => ({ what, advice: '' })),
    ],
  };
}

function holdsParity(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'parity' in data && data.parity !== null;
}
