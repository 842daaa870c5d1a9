/** Logs a side in again if its login expires during a run. */
import type { RawLeg } from '../../../capture/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { PlannedRequest } from './requests/index.ts';
import type { ServiceSide } from './side.ts';

const UNAUTHORIZED = 401;

export class Renewal {
  readonly #steps: readonly PlannedRequest[];
  readonly #own: ReadonlySet<string>;
  /** Whether a new login did not help the last time, in which case 401 may be the right answer. */
  #futile = false;
  #count = 0;

  /** @param steps of the flows that log in; without any, 401 is an answer like any other */
  constructor(steps: readonly PlannedRequest[], side: Side) {
    this.#steps = steps.filter(({ only }) => only === undefined || only === side);
    this.#own = new Set(steps.map(({ id }) => id));
  }

  /** How often a new login was needed. */
  get count(): number {
    return this.#count;
  }

  /** Sends the request; if the answer is 401, logs in and sends it once more. */
  async ask(side: ServiceSide, request: PlannedRequest): Promise<RawLeg> {
    const leg = await side.ask(request);
    if (this.#steps.length === 0 || this.#own.has(request.id)) return leg;
    const refused = isRefused(leg);
    if (!refused || this.#futile) {
      this.#futile &&= refused;
      return leg;
    }
    for (const step of this.#steps) side.session.learn(step, await side.ask(step), Date.now());
    const again = await side.ask(request);
    this.#futile = isRefused(again);
    if (!this.#futile) this.#count++;
    return again;
  }
}

const isRefused = (leg: RawLeg) => leg.outcome === 'response' && leg.status === UNAUTHORIZED;
