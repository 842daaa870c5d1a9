/** One copied request: its legs as they come in, in any order, until they make a record or are given up. */
import type { RawBody } from './bytes/index.ts';
import type { RawLeg } from './leg.ts';

export type Side = 'stable' | 'candidate';

/** The one that gets the copies. */
export function otherSide(primary: Side): Side {
  return primary === 'stable' ? 'candidate' : 'stable';
}

/** A request and what both sides made of it, before redaction; crosses to the capture's thread. */
export interface RawPair {
  /** Milliseconds since the epoch at which the request's head arrived. */
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  /** Of the request, names and values alternating. */
  readonly headers: readonly string[];
  readonly requestBody?: RawBody;
  readonly primary: Side;
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise?: RawLeg;
}

/** A pair costs this much beside its bodies. */
const PAIR_BYTES = 4_096;

/** What a pair holds of memory while it is under way, bytes. */
export function sizeOf(pair: RawPair): number {
  const ofLeg = (leg: RawLeg | undefined) => (leg?.outcome === 'response' ? leg.body.data.byteLength : 0);
  const bodies = ofLeg(pair.stable) + ofLeg(pair.candidate) + ofLeg(pair.noise);
  return PAIR_BYTES + bodies + (pair.requestBody?.data.byteLength ?? 0);
}

export type PairRequest = Omit<RawPair, 'stable' | 'candidate' | 'noise'>;

/** The primary may take this long; an answer that never ends (server-sent events) is no pair. */
const PRIMARY_LIMIT_MS = 30_000;

export class OpenCapture {
  readonly #request: PairRequest;
  readonly #withNoise: boolean;
  readonly #settled: (pair: RawPair | null) => void;
  readonly #timer: NodeJS.Timeout;
  #primary: RawLeg | undefined;
  #shadow: RawLeg | undefined;
  #noise: RawLeg | undefined;
  #over = false;

  /** `settled` is called once: with the pair, or with null when it is given up. */
  constructor(request: PairRequest, withNoise: boolean, settled: (pair: RawPair | null) => void) {
    this.#request = request;
    this.#withNoise = withNoise;
    this.#settled = settled;
    this.#timer = setTimeout(() => this.giveUp(), PRIMARY_LIMIT_MS);
  }

  primary(leg: RawLeg): void {
    this.#primary = leg;
    this.#check();
  }

  shadow(leg: RawLeg): void {
    this.#shadow = leg;
    this.#check();
  }

  noise(leg: RawLeg): void {
    this.#noise = leg;
    this.#check();
  }

  giveUp(): void {
    this.#end(null);
  }

  #check(): void {
    const [primary, shadow, noise] = [this.#primary, this.#shadow, this.#noise];
    if (primary === undefined || shadow === undefined || (this.#withNoise && noise === undefined)) return;
    const [stable, candidate] = this.#request.primary === 'stable' ? [primary, shadow] : [shadow, primary];
    this.#end({ ...this.#request, stable, candidate, ...(noise === undefined ? {} : { noise }) });
  }

  #end(pair: RawPair | null): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#settled(pair);
  }
}
