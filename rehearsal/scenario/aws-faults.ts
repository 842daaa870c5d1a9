/** Faults on AWS calls, specified by call, fault, and state of the machine. */
import type { CloudEvent } from '../cloud/index.ts';
import { FAULTS, type Fault, type Intercept } from '../cloud/wire/index.ts';

/** `service.operation=fault@state`; either half of the call may be `*`, and without a state the fault never ends. */
export interface ChaosSpec {
  readonly text: string;
  readonly service: string;
  readonly operation: string;
  readonly fault: Fault;
  /** A task of the state machine, such as `Shift`, including the wait that follows it; null: always. */
  readonly during: string | null;
}

const SYNTAX = /^([a-z-]+|\*)\.([A-Za-z]+|\*)=([a-z-]+)(?:@(.+))?$/;

/** The task in which the machine rolls back. */
const ROLLBACK = 'Rollback';

/** @throws RangeError that shows the syntax */
export function parseChaos(text: string): ChaosSpec {
  const [, service, operation, name, during = null] = SYNTAX.exec(text) ?? [];
  const fault = FAULTS.find((f) => f === name);
  if (service === undefined || operation === undefined || fault === undefined)
    throw new RangeError(
      `--chaos ${text}: expected service.operation=fault@state, such as elasticloadbalancing.ModifyRule=throttle@Shift; faults are ${FAULTS.join(', ')}`,
    );
  return { text, service, operation, fault, during };
}

/** Injects faults, and counts every call by the machine's present task. */
export class Chaos {
  /** `task service.operation` → number of calls. */
  readonly calls = new Map<string, number>();
  /** How many calls were given a fault. */
  injected = 0;
  #task = 'before the start';
  #isGoingBack = false;
  #enabled = true;
  readonly #specs: readonly ChaosSpec[];

  constructor(specs: readonly ChaosSpec[]) {
    this.#specs = specs;
  }

  /** Notifies it of the machine's present task. */
  see(event: CloudEvent): void {
    if (event.type === 'end') this.#task = 'after the end';
    // A wait or a choice belongs to the task before it; calls during that time are the watchdog's.
    if (event.type !== 'state' || /(interval|verdict)$/.test(event.state)) return;
    if (event.state === ROLLBACK) this.#isGoingBack = false;
    if (!this.#isGoingBack) this.#task = event.state;
  }

  /** An alarm's own rollback begins, and may be done before the machine is at its task of that name. */
  goBack(): void {
    this.#task = ROLLBACK;
    this.#isGoingBack = true;
  }

  /** Ends the outage. */
  lift(): void {
    this.#enabled = false;
  }

  readonly intercept: Intercept = (service, operation) => {
    const key = `${this.#task} ${service}.${operation}`;
    this.calls.set(key, (this.calls.get(key) ?? 0) + 1);
    if (!this.#enabled) return null;
    const hit = this.#specs.find(
      (s) =>
        (s.service === '*' || s.service === service) &&
        (s.operation === '*' || s.operation === operation) &&
        (s.during === null || s.during === this.#task),
    );
    if (hit === undefined) return null;
    this.injected++;
    return hit.fault;
  };
}
