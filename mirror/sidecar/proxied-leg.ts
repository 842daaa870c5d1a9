/**
 * Reads answers that passed through Envoy, of either side: removes what Envoy adds, and separates Envoy's own failures
 * from answers.
 */
import type { RawLeg } from '../../capture/index.ts';
import { SHARED } from '../envoy/index.ts';

/** Framing fields, which each hop chooses itself, and fields by which Envoy informs the recorder. */
const OURS: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'connection',
  'keep-alive',
  SHARED.timing,
  SHARED.date,
  SHARED.failed,
]);

/** Fields as the side itself sent them. @param dated false if the Date is Envoy's */
export function answerOf(fields: readonly string[], dated = true): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    const lower = name.toLowerCase();
    if (!OURS.has(lower) && (dated || lower !== 'date')) kept.push(name, value);
  }
  return kept;
}

/** The answer to a copy, timed at Envoy like the customer's. */
export function copyLeg(leg: RawLeg): RawLeg {
  if (leg.outcome === 'failed') return leg;
  const failed = fieldOf(leg.headers, SHARED.failed);
  if (failed !== undefined) return failureOf(failed, leg.totalMs);
  const timed = Number(fieldOf(leg.headers, SHARED.timing));
  const firstByteMs = Number.isFinite(timed) ? Math.max(0, timed / 1_000) : leg.firstByteMs;
  return {
    ...leg,
    headers: answerOf(leg.headers, fieldOf(leg.headers, SHARED.date) !== undefined),
    firstByteMs,
    // The rest of the answer passes Envoy as fast as it arrives here.
    totalMs: firstByteMs + (leg.totalMs - leg.firstByteMs),
  };
}

/** @param details from Envoy, such as `upstream_reset_before_response_started{connection_termination}` */
export function failureOf(details: string, totalMs: number): RawLeg {
  const reason = /connection_failure|no_healthy|overflow/.test(details)
    ? 'refused'
    : /timeout/.test(details)
      ? 'timeout'
      : /protocol_error/.test(details)
        ? 'protocol'
        : 'reset';
  return { outcome: 'failed', reason, detail: details, totalMs };
}

function fieldOf(fields: readonly string[], wanted: string): string | undefined {
  for (let i = 0; i + 1 < fields.length; i += 2) if (fields[i]?.toLowerCase() === wanted) return fields[i + 1];
  return undefined;
}
