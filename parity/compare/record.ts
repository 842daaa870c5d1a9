/** Decides whether the candidate's answer means the same as stable's. Pure, never throws, and takes bounded time. */

import type { CaptureRecord, Decode, Leg } from '../../capture/format/index.ts';
import { adviceFor, type Servers } from '../causes/index.ts';
import { explained, ofItsOwn, shapeOf } from '../explain/index.ts';
import { type Answers, type Difference, why } from '../model/index.ts';
import { applyRules, type CompiledRules, type RouteRules } from '../rules/index.ts';
import { compareBody } from './body/index.ts';
import { compareHeaders, compareStatus, serverOf } from './head/index.ts';

export interface Comparison {
  readonly route: string;
  /** `unmatched`: stable gave no answer, so there is nothing to compare with. */
  readonly verdict: 'same' | 'benign' | 'undecided' | 'breaking' | 'unmatched';
  readonly differences: readonly Difference[];
  /** Whether the candidate failed (5xx or no answer) and stable did not. */
  readonly newError: boolean;
}

/** {@link compareRecord} with its options bound. */
export type Compare = (record: CaptureRecord) => Comparison;

export interface CompareOptions {
  /** Reverses content codings. Without it, a coded body is compared byte by byte only. */
  readonly decode?: Decode;
  /** The owner's rules; {@link withNoise} adds learned noise. */
  readonly rules?: CompiledRules;
  /** The servers of both sides, if known; otherwise advice follows from what their answers show. */
  readonly servers?: Servers;
}

export function compareRecord(record: CaptureRecord, options: CompareOptions = {}): Comparison {
  const { route, request, primary, at, hosts, stable, candidate } = record;
  const rules = options.rules?.forRoute(route);
  if (stable.outcome === 'failed') return { route, verdict: 'unmatched', differences: [], newError: false };
  if (candidate.outcome === 'failed') {
    const crash = candidate.reason === 'reset' && stable.status >= 500;
    const lost: Difference = {
      in: 'answer',
      stable: String(stable.status),
      candidate: `${candidate.reason}: ${candidate.detail}`,
      ...why(crash ? 'crash-closes-connection' : 'no-answer'),
    };
    const differences = advised(ruled([lost], rules), record, options.servers);
    return { route, verdict: verdictOf(differences), differences, newError: stable.status < 500 };
  }
  const found = compareAnswers({ request, primary, at, hosts, stable, candidate }, options.decode, rules);
  const differences = advised(ruled(found, rules), record, options.servers);
  return {
    route,
    verdict: verdictOf(differences),
    differences,
    newError: candidate.status >= 500 && stable.status < 500,
  };
}

/** Finds every difference between two answers to one request. */
function compareAnswers(answers: Answers, decode: Decode | undefined, rules: RouteRules | undefined): Difference[] {
  const shape = shapeOf(answers.request);
  const status = compareStatus(answers, shape);
  if (status?.settles) return [status.difference];
  const found = [...compareHeaders(answers), ...explained(compareBody(answers, decode, rules), shape)];
  const judged = found.map((difference) => ofItsOwn(difference, answers));
  return status === null ? judged : [status.difference, ...judged];
}

function ruled(differences: Difference[], rules: RouteRules | undefined): Difference[] {
  return rules === undefined ? differences : applyRules(differences, rules);
}

/** Adds advice for the servers that are involved. */
function advised(
  differences: Difference[],
  { stable, candidate }: CaptureRecord,
  known: Servers | undefined,
): Difference[] {
  if (differences.length === 0) return differences;
  const shown = (leg: Leg) => (leg.outcome === 'response' ? serverOf(leg) : null);
  const servers = { stable: known?.stable ?? shown(stable), candidate: known?.candidate ?? shown(candidate) };
  return differences.map((difference) => ({
    ...difference,
    advice: adviceFor(difference.cause, difference.advice, servers),
  }));
}

/** The verdict follows from the most serious difference. */
export function verdictOf(differences: readonly Difference[]): Comparison['verdict'] {
  if (differences.some((d) => d.severity === 'breaking')) return 'breaking';
  if (differences.some((d) => d.severity === 'undecided')) return 'undecided';
  return differences.some((d) => d.severity === 'benign') ? 'benign' : 'same';
}

/** Milliseconds until the answer was complete; null for a side that failed. */
export function totalMs(leg: Leg): number | null {
  return leg.outcome === 'response' ? leg.timing.totalMs : null;
}
