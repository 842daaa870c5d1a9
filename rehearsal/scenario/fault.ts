/** Faults of the candidate: what, and when (`<what>@<where>`). */
import type { TargetFault } from '../dataplane/index.ts';

export interface FaultSpec {
  readonly text: string;
  /** Body of the gateway's fault port; `crash` kills the processes instead. The load balancer makes resets, and all of {@link byLoadBalancer}. */
  readonly inject: (TargetFault & { readonly parity?: boolean; readonly lost?: number }) | 'crash';
  /** `shadow`, or the stage's percent. */
  readonly at: 'shadow' | number;
}

const SYNTAX = 'errors=0.2@10, latency=+200ms@50, resets=0.2@10, lost=1@50, crash@1 or parity@shadow';

/** The fault, where it needs nothing of the service: errors, latency and resets in the stages, where the load balancer passes requests to the candidate. */
export function byLoadBalancer({ inject, at }: FaultSpec): TargetFault | null {
  if (inject === 'crash' || at === 'shadow' || inject.parity !== undefined || inject.lost !== undefined) return null;
  return inject;
}

/** @throws RangeError that shows the syntax. */
export function parseFault(text: string): FaultSpec {
  const [what = '', where = '', ...more] = text.split('@');
  const at = where === 'shadow' ? 'shadow' : Number(where);
  const inject = parseWhat(what);
  if (inject === null || where === '' || more.length > 0 || (at !== 'shadow' && !(at > 0 && at <= 100)))
    throw new RangeError(`--fault must be ${SYNTAX} (got "${text}")`);
  return { text, inject, at };
}

function parseWhat(what: string): FaultSpec['inject'] | null {
  if (what === 'crash') return 'crash';
  if (what === 'parity') return { parity: true };
  const errors = /^errors=(0?\.\d+|1)$/.exec(what)?.[1];
  if (errors !== undefined) return { errors: Number(errors) };
  const resets = /^resets=(0?\.\d+|1)$/.exec(what)?.[1];
  if (resets !== undefined) return { resets: Number(resets) };
  const lost = /^lost=(0?\.\d+|1)$/.exec(what)?.[1];
  if (lost !== undefined) return { lost: Number(lost) };
  const latency = /^latency=\+?(\d+)ms$/.exec(what)?.[1];
  return latency === undefined ? null : { latencyMs: Number(latency) };
}
