/** Does the candidate's answer say the same as the stable side's? Pure, never throws, bounded. */

import type { CaptureRecord, Decode, Leg } from '../../capture/format/index.ts';
import { adviceFor, type Servers } from '../causes/index.ts';
import { explained, ofItsOwn, shapeOf } from '../explain/index.ts';
import { type Answers, type Difference, why } from '../model/index.ts';
import { applyRules, type CompiledRules, type RouteRules } from '../rules/index.ts';
import { compareBody } from './body/index.ts';
import { compareHeaders, compareStatus, serverOf } from './head/index.ts';

export interface Comparison {
  readonly route: string;
  /** `unmatched`: the stable side itself gave no answer, so there is nothing to hold the candidate against. */
  readonly verdict: 'same' | 'benign' | 'undecided' | 'breaking' | 'unmatched';
  readonly differences: readonly Difference[];
  /** The candidate failed (5xx or no answer) where the stable side did not. */
  readonly newError: boolean;
}

/** {@link compareRecord} with its options. */
export type Compare = (record: CaptureRecord) => Comparison;

export interface CompareOptions {
  /** Undoes content codings; without it a body in a coding is compared only with the same bytes. */
  readonly decode?: Decode;
  /** What owners have decided; {@link withNoise} adds what was learned. */
  readonly rules?: CompiledRules;
  /** Which servers the sides are, where that is known; else advice goes by what their answers show. */
  readonly servers?: Servers;
}

export function compareRecord(record: CaptureRecord, options: CompareOptions = {}): Comparison {
  const { route, request, at, hosts, stable, candidate } = record;
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
  const found = compareAnswers({ request, at, hosts, stable, candidate }, options.decode, rules);
  const differences = advised(ruled(found, rules), record, options.servers);
  return {
    route,
    verdict: verdictOf(differences),
    differences,
    newError: candidate.status >= 500 && stable.status < 500,
  };
}

/** Every difference between two answers to one request. */
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

/** With what advice has to say of the servers that are there. */
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

/** By the gravest difference. */
export function verdictOf(differences: readonly Difference[]): Comparison['verdict'] {
  if (differences.some((d) => d.severity === 'breaking')) return 'breaking';
  if (differences.some((d) => d.severity === 'undecided')) return 'undecided';
  return differences.some((d) => d.severity === 'benign') ? 'benign' : 'same';
}

/** Milliseconds until the whole answer was there; null for a leg that failed. */
export function totalMs(leg: Leg): number | null {
  return leg.outcome === 'response' ? leg.timing.totalMs : null;
}
