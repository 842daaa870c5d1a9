/** Which requests are copied: safe ones (RFC 9110, 9.2.1), and what the plan allows by method and path. */
import { matches, pathOf } from './route.ts';

export interface AllowedCopy {
  readonly method: string;
  /** A path template such as `/search` or `/items/{id}`. */
  readonly template: string;
}

export interface CopyPolicy {
  /** Share of the requests through the tap that are copied, 0 to 1. */
  readonly sampleRate: number;
  /** Requests with side effects that the candidate may repeat. */
  readonly allowed: readonly AllowedCopy[];
  /** Bytes of a request's body, and of each answer's, that are kept. */
  readonly bodyCap: number;
  /** Share of the copies with which the stable side is asked once more, so that what varies by itself is learned. */
  readonly noiseRate: number;
}

export function mayCopy(method: string, target: string, allowed: readonly AllowedCopy[]): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
  return allowed.some((entry) => entry.method === method && matches(entry.template, pathOf(target)));
}
