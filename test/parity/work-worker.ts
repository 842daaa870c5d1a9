/**
 * Counts the work of comparisons in a separate thread. There V8 counts only a few modules, not all that a test process
 * has loaded.
 */
import { parentPort } from 'node:worker_threads';
import { decodeContent } from '../../capture/bytes/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { answer, pairOf } from '../support/answer.ts';
import { WorkCounter } from '../support/work.ts';
import { SHAPES } from './hostile-shapes.ts';

/**
 * Steps for `REPETITIONS` of a shape (`small`) and for four times as many (`large`), and the length of the larger
 * bodies, both sides together.
 */
export interface CountedWork {
  readonly small: number;
  readonly large: number;
  readonly length: number;
}

/** Enough to tell quadratic growth from linear: four times as many repetitions take at most 4.4 times the work. */
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
