/** Faults of the candidate or the mirror: kind and place (`<what>@<where>`). */
import type { TargetFault } from '../dataplane/index.ts';

export interface FaultSpec {
  readonly text: string;
  /**
   * Body for the gateway's fault port. `crash` kills the candidate's processes instead, `mirror-crash` the mirror's.
   * For somebody's own services the fronts inject the fault, if {@link isOutside}.
   */
  readonly inject: (TargetFault & { readonly parity?: boolean; readonly lost?: number }) | 'crash' | 'mirror-crash';
  /**
   * A phase, or the stage's percentage. At the final sign-off nobody answers, so that the rollback is not a person's.
   */
  readonly at: FaultPhase | number;
}

const MIRRORED = ['shadow', 'soak'] as const;
const PHASES = [...MIRRORED, 'sign-off'] as const;
type FaultPhase = (typeof PHASES)[number];

const EXAMPLES = [
  'errors=0.2@10',
  'latency=+200ms@50',
  'resets=0.2@10',
  'lost=1@50',
  'crash@1',
  'parity@shadow',
  'errors=0.2@soak',
  'errors=0.1@sign-off',
  'mirror-crash@soak',
];

/** For example `errors=0.2@10 or crash@1`. */
export const FAULT_EXAMPLES = `${EXAMPLES.slice(0, -1).join(', ')} or ${EXAMPLES.at(-1)}`;

/** Whether the fault needs no support from the service. */
export function isOutside({ inject }: FaultSpec): boolean {
  return typeof inject === 'string' || (inject.parity === undefined && inject.lost === undefined);
}

/** If the mirror dies in the soak, the run continues without it; every other fault requires a rollback. */
export function isSurvivable({ inject, at }: FaultSpec): boolean {
  return inject === 'mirror-crash' && at === 'soak';
}

/** @throws RangeError that shows the syntax */
export function parseFault(text: string): FaultSpec {
  const [what = '', where = '', ...more] = text.split('@');
  const at = PHASES.find((phase) => phase === where) ?? Number(where);
  const inject = parseWhat(what);
  if (inject === null || where === '' || more.length > 0 || (typeof at === 'number' && !(at > 0 && at <= 100)))
    throw new RangeError(`--fault must name a fault and where it begins, such as ${FAULT_EXAMPLES} (got "${text}")`);
  if (inject === 'mirror-crash' && !MIRRORED.some((phase) => phase === at))
    throw new RangeError(`--fault ${text}: no stage has a mirror; mirror-crash befalls @shadow or @soak`);
  return { text, inject, at };
}

function parseWhat(what: string): FaultSpec['inject'] | null {
  if (what === 'crash' || what === 'mirror-crash') return what;
  if (what === 'parity') return { parity: true };
  const [, kind, share] = /^(errors|resets|lost)=(0?\.\d+|1)$/.exec(what) ?? [];
  if (kind !== undefined) return { [kind]: Number(share) };
  const latency = /^latency=\+?(\d+)ms$/.exec(what)?.[1];
  return latency === undefined ? null : { latencyMs: Number(latency) };
}
