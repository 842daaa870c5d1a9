/** Processes a batch of captures from Firehose: each is compared, and each gets a result of its own. Pure. */

import { type CaptureRecord, captureRecordSchema, identityOf } from '../../capture/format/index.ts';
import type { Compare, Comparison } from '../compare/index.ts';
import { noiseOf } from './noise.ts';
import { countedRoute, type RouteTallies } from './routes.ts';
import { tallyOf } from './tally.ts';

/** One line of NDJSON, and what it contributes to the counts. */
export interface Judged {
  readonly identity: string;
  readonly at: string;
  readonly routes: RouteTallies;
  /** The record with its verdict, as it is stored. */
  readonly line: string;
}

/** Why a line is not a capture, in a sentence that quotes nothing from the line. */
export interface Refused {
  readonly refused: string;
}

/** A longer verdict is stored without its differences, which can be computed again from the capture next to it. */
const MAX_VERDICT = 64 * 1024;

/** Never throws. */
export function judgeLine(text: string, compare: Compare): Judged | Refused {
  const record = parseRecord(text);
  if ('refused' in record) return record;
  try {
    const comparison = compare(record);
    return {
      identity: identityOf(record),
      at: record.at,
      routes: { [countedRoute(record)]: tallyOf(record, comparison, noiseOf(record, compare, comparison)) },
      line: `${JSON.stringify({ ...record, comparison: shortened(comparison) })}\n`,
    };
  } catch (error) {
    return { refused: `the comparer failed: ${error instanceof Error ? error.name : 'unknown'}` };
  }
}

/** A record as captured, or as stored with an earlier verdict. */
function parseRecord(text: string): CaptureRecord | Refused {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { refused: 'not JSON' };
  }
  const { comparison: _, ...record } = typeof json === 'object' && json !== null ? { comparison: null, ...json } : {};
  const parsed = captureRecordSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { refused: `not a capture record: ${issue?.path.join('.') || 'record'}: ${issue?.code ?? 'invalid'}` };
}

function shortened(comparison: Comparison): Comparison | (Omit<Comparison, 'differences'> & { omitted: number }) {
  if (JSON.stringify(comparison).length <= MAX_VERDICT) return comparison;
  const { differences, ...rest } = comparison;
  return { ...rest, omitted: differences.length };
}
