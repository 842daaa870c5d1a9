/**
 * Which requests are copied: safe ones (RFC 9110, 9.2.1), and those that are allowed by method and path for the side
 * that receives the copy.
 */
import { matches, pathOf } from '../../http/index.ts';
import type { Side } from '../../sides/index.ts';

export interface AllowedCopy {
  readonly method: string;
  /** A path template such as `/search` or `/items/{id}`. */
  readonly template: string;
}

export interface CopyPolicy {
  /** Share of the requests through the mirror that are copied, 0 to 1. */
  readonly sampleRate: number;
  /**
   * Requests with side effects that may be repeated, by the side that would perform them twice. What is harmless for a
   * candidate with a database of its own is a second order on the stable side.
   */
  readonly allowed: Readonly<Record<Side, readonly AllowedCopy[]>>;
  /** How many bytes of a request's body, and of each answer's body, are kept. */
  readonly bodyCap: number;
  /**
   * Share of the copied requests for which the stable side is asked a second time, to learn which values vary by
   * themselves. Applies only to requests that may be copied to stable.
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
