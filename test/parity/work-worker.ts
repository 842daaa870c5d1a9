/** Counts the work of comparisons in a thread of its own: V8 counts there for few modules, not for all that a test process has loaded. */
import { parentPort } from 'node:worker_threads';
import { decodeContent } from '../../capture/bytes/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { answer, pairOf } from '../support/answer.ts';
import { WorkCounter } from '../support/work.ts';
import { SHAPES } from './hostile-shapes.ts';

/** Steps for so many repetitions of a shape, for four times as many, and the length of the latter's bodies. */
export interface CountedWork {
  readonly small: number;
  readonly large: number;
  readonly length: number;
}

/** Enough to tell quadratic growth from linear: four times as many take at most 4.4 times the work. */
const REPETITIONS = 500;
const counter = new WorkCounter();

parentPort?.on('message', (index: number) => parentPort?.postMessage(workOf(index)));

function workOf(index: number): CountedWork {
  const [, type, shape] = SHAPES[index] ?? [];
  if (type === undefined || shape === undefined) throw new RangeError(`there is no shape ${index}`);
  const [small, large] = [REPETITIONS, 4 * REPETITIONS].map((n) => {
    const [a, b] = shape(n);
    const record = pairOf(answer(a, [['Content-Type', type]]), answer(b, [['Content-Type', type]]));
    return { steps: counter.of(() => compareRecord(record, { decode: decodeContent })), length: a.length + b.length };
  });
  return { small: small?.steps ?? 0, large: large?.steps ?? 0, length: large?.length ?? 0 };
}
