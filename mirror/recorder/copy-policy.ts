/** Which requests are copied: safe ones (RFC 9110, 9.2.1), and what is allowed by method and path for the side that gets the copy. */
import type { Side } from '../../capture/index.ts';
import { matches, pathOf } from '../../http/index.ts';

export interface AllowedCopy {
  readonly method: string;
  /** A path template such as `/search` or `/items/{id}`. */
  readonly template: string;
}

export interface CopyPolicy {
  /** Share of the requests through the mirror that are copied, 0 to 1. */
  readonly sampleRate: number;
  /**
   * Requests with side effects that may be repeated, by the side that would do them twice: what is harmless at a candidate with a
   * database of its own is a second order at the stable side.
   */
  readonly allowed: Readonly<Record<Side, readonly AllowedCopy[]>>;
  /** Bytes of a request's body, and of each answer's, that are kept. */
  readonly bodyCap: number;
  /**
   * Share of the copies with which the stable side is asked once more, so that what varies by itself is learned; only of those
   * that may be copied to it.
   */
  readonly noiseRate: number;
}

export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

export function mayCopy(method: string, target: string, allowed: readonly AllowedCopy[]): boolean {
  return (
    isSafeMethod(method) || allowed.some((entry) => entry.method === method && matches(entry.template, pathOf(target)))
  );
}
