/** Starts the customers and counts their results. */

import { Worker } from 'node:worker_threads';
import type { ClockSource } from '../clock/index.ts';
import { compileCache, ownModule } from '../machine/index.ts';

export interface MixEntry {
  readonly method: string;
  /** `{n}` is replaced by a number from 1 to 1000. */
  readonly path: string;
  /** Frequency relative to the others. */
  readonly weight: number;
  /** Names and values. @default none, or that of JSON if there is a body */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
}

export interface LoadInput {
  readonly url: string;
  /** Requests per real second, while the clock runs at its usual speed. */
  readonly rps: number;
  /** @default real time */
  readonly clock?: { readonly source: ClockSource; readonly speed: number };
  readonly mix: readonly MixEntry[];
}

export interface SideTally {
  ok: number;
  failed: number;
  /** When each failed request was sent, by the customers' clock, in milliseconds since the epoch. */
  failedSentAt: number[];
  /** Milliseconds, measured by the client. */
  latencies: number[];
}

export interface LoadTick {
  /** When it began, by the customers' clock. */
  readonly at: number;
  sent: number;
  /** Real milliseconds for which customers that were due had to wait for others, or for a CPU. */
  waitedMs: number;
  /** By the side that answered: `stable`, `candidate`, or `unknown` if the answer does not say. */
  readonly sides: Record<string, SideTally>;
}

export interface Load {
  /** Stops sending, and waits for requests in progress. */
  stop(): Promise<void>;
}

/** The routes of the example gateways. */
export const GATEWAY_MIX: readonly MixEntry[] = [
  { method: 'GET', path: '/items', weight: 4 },
  { method: 'GET', path: '/items/2', weight: 3 },
  { method: 'GET', path: '/orders/{n}', weight: 2 },
  { method: 'POST', path: '/items', weight: 1, body: '{"name":"Bellows"}' },
];

export function startLoad(input: LoadInput, onTick: (tick: LoadTick) => void): Load {
  const worker = new Worker(ownModule('rehearsal', 'load', 'load-worker'), {
    workerData: input,
    env: { ...compileCache(), NODE_NO_WARNINGS: '1' },
  });
  const done = new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: LoadTick | { done: true }) => {
      if ('done' in message) resolve();
      else onTick(message);
    });
  });
  return {
    async stop() {
      worker.postMessage('stop');
      await done;
      await worker.terminate();
    },
  };
}
