/**
 * The process of one Lambda function: a worker thread with its own environment and simulated time. The handler's bundle
 * is the one that would be deployed. It is imported after `Date` has been set to simulated time, and does not notice.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { asError } from '../../../input/index.ts';
import { type ClockSource, clockReader } from '../../clock/index.ts';

interface WorkerInput {
  readonly bundle: string;
  readonly clock: ClockSource;
}

interface Invocation {
  readonly id: number;
  readonly event: unknown;
  readonly context: { readonly timeoutMs: number };
}

const { bundle, clock }: WorkerInput = workerData;
const RealDate = Date;
const virtualNow = clockReader(clock, RealDate.now.bind(RealDate));

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [virtualNow()] : args, newTarget),
  apply: () => new RealDate(virtualNow()).toString(),
  get: (target, property, receiver) => (property === 'now' ? virtualNow : Reflect.get(target, property, receiver)),
});

const { handler }: { handler: (event: unknown, context: unknown) => Promise<unknown> } = await import(bundle);
parentPort?.postMessage({ loaded: true });

parentPort?.on('message', ({ id, event, context: { timeoutMs, ...given } }: Invocation) => {
  // Timeouts are real time, because work in a handler is not accelerated.
  const deadline = performance.now() + timeoutMs;
  const context = { ...given, getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()) };
  void Promise.resolve()
    .then(() => handler(event, context))
    .then(
      (result) => parentPort?.postMessage({ id, result: JSON.stringify(result ?? null) }),
      (error: unknown) => {
        const { name, message, stack = '' } = asError(error);
        parentPort?.postMessage({
          id,
          error: { errorType: name, errorMessage: message, trace: stack.split('\n').slice(0, 5) },
        });
      },
    );
});
