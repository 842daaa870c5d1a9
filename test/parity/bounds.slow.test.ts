/** Bodies made to be expensive: the work grows with the length of a body and with nothing else, whatever its format. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/index.ts';
import type { HeaderList } from '../../capture/format/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { answer, pairOf } from '../support/answer.ts';
import { attributes, bytesOf, JSON_TYPE, PACKED, PARTS, PROTOBUF, SHAPES, XML } from './hostile-shapes.ts';
import type { CountedWork } from './work-worker.ts';

/** An end tag without a beginning is searched for among all the open elements. */
const STEPS_A_CHARACTER = 500;

let worker: Worker;
beforeAll(() => {
  worker = new Worker(new URL('work-worker.ts', import.meta.url));
});
afterAll(() => worker.terminate());

describe('the work of a comparison', () => {
  // Once in hundreds of runs of the whole test suite, V8's counters include other work. Real growth fails the retry,
  // too.
  it.each(SHAPES.map(([name, type], index) => [name, type, index] as const))(
    'grows as the body does: %s (%s)',
    { retry: 1 },
    async (_name, _type, index) => {
      worker.postMessage(index);
      const [{ small, large, length }]: [CountedWork] = (await once(worker, 'message')) as [CountedWork];
      expect(small).toBeGreaterThan(0);
      expect(large / small).toBeLessThan(6);
      expect(large / length).toBeLessThan(STEPS_A_CHARACTER);
    },
  );
});

it('10,000 frames of zstd are read, and one more is not: an empty frame costs as much as some kilobytes', () => {
  const frames = (count: number, text: string) =>
    answer(Buffer.concat([...Array.from({ length: count - 1 }, () => EMPTY), zstdCompressSync(text)]), [
      ['Content-Type', JSON_TYPE],
      ['Content-Encoding', 'zstd'],
    ]);
  const causes = (count: number) =>
    compareRecord(pairOf(frames(count, '1'), frames(1, '2')), { decode: decodeContent }).differences.map(
      ({ cause }) => cause,
    );
  expect(causes(10_000)).toEqual(['number-value']);
  expect(causes(10_001)).toEqual(['body-uncomparable']);
});

const EMPTY = zstdCompressSync('');

it.each([
  ['protobuf', PROTOBUF, bytesOf(300_000, [8, 1]), bytesOf(300_000, [8, 2]), 'byte by byte'],
  ['MessagePack', PACKED, bytesOf(600_000, [1]), bytesOf(600_000, [2]), 'byte by byte'],
  ['XML', XML, `<r>${'<a/>'.repeat(250_000)}</r>`, `<r>${'<b/>'.repeat(250_000)}</r>`, 'line by line'],
  ['attributes', XML, attributes('1', 20_000), attributes('2', 20_000), 'line by line'],
  ['malformed parts', PARTS, '--a\r\n', '--b\r\n', 'line by line'],
])('%s beyond a limit say by which lesser way they are compared', (_name, type, a, b, way) => {
  const [one] = compareRecord(
    pairOf(answer(a, [['Content-Type', type]]), answer(b, [['Content-Type', type]])),
  ).differences;
  expect(one?.advice).toContain(`Compared ${way}, for one side cannot be read as`);
});

it.each([
  ['references', '&amp;', '&lt;'],
  ['elements', '<a/>', '<b/>'],
])('a document of very many %s is read, or compared as a text', (_name, a, b) => {
  const field: HeaderList = [['Content-Type', XML]];
  const document = (part: string, n: number) => answer(`<r>${part.repeat(n)}</r>`, field);
  const causes = (n: number) =>
    compareRecord(pairOf(document(a, n), document(b, n))).differences.map(({ cause }) => cause);
  expect(causes(250_000)).toEqual([a === '<a/>' ? 'text-value' : 'markup-value']);
});
