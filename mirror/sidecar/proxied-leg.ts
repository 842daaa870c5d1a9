/** Answers that came by Envoy, on either leg: without what it adds, and with its own failures told apart from answers. */
import type { RawLeg } from '../../capture/index.ts';
import { SHARED } from '../envoy/index.ts';

/** Framing, which each hop chooses anew, and what Envoy tells the recorder. */
const OURS: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'connection',
  'keep-alive',
  SHARED.timing,
  SHARED.date,
  SHARED.failed,
]);

/** Fields as the side itself sent them. @param dated false: the Date is Envoy's */
export function answerOf(fields: readonly string[], dated = true): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    const lower = name.toLowerCase();
    if (!OURS.has(lower) && (dated || lower !== 'date')) kept.push(name, value);
  }
  return kept;
}

/** A copy's answer: timed at Envoy, where the customer's was. */
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
    // The rest of the answer passes Envoy as fast as it comes here.
    totalMs: firstByteMs + (leg.totalMs - leg.firstByteMs),
  };
}

/** @param details Envoy's, such as `upstream_reset_before_response_started{connection_termination}` */
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
