/** The result does not depend on where the input is cut, or on the order in which its pieces finish. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtLines, eachLine } from '../../capture/ndjson.ts';
import { compareCaptures } from '../../cli/compare/diff/threads/captures-task.ts';
import { joinPartition } from '../../cli/compare/diff/threads/join-task.ts';
import { partitionLegs } from '../../cli/compare/diff/threads/legs-task.ts';
import { type LegsTask, LOG_SIDES, type LogSide, type TaskResult } from '../../cli/compare/diff/threads/tasks.ts';
import { comparer } from '../../cli/compare/outcome/comparer.ts';
import { mergeNoise, NO_NOISE } from '../../parity/tally/noise.ts';
import { emptySummary, mergeInto, type Summary } from '../../parity/tally/summary.ts';
import { anyCharacter } from '../support/any-character.ts';
import { askedTwice, legLine, ndjson, pair } from '../support/captures.ts';

const compare = comparer({
  rules: { v: 1, rules: [] },
  at: 0,
  baseline: { format: 'crossfade-baseline/1', differences: [] },
  servers: { stable: null, candidate: null },
});
const LONGEST_LINE = 16 * 1024 * 1024;

async function* streamed(data: Buffer, sizes: readonly number[]) {
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield data.subarray(at, at + size);
    at += size;
  }
}

async function pieces(data: Buffer, sizes: readonly number[], piece: number, longestLine = LONGEST_LINE) {
  const found = [];
  for await (const part of cutAtLines(streamed(data, sizes), { piece, longestLine })) found.push(part);
  return found;
}

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
const piece = fc.integer({ min: 1, max: 2_000 });

describe('a stream of lines', () => {
  it('that breaks gives what was whole before', async () => {
    const broken = async function* () {
      yield Buffer.from('one\ntwo\nthr');
      throw new Error('cut');
    };
    const found: string[] = [];
    const reading = (async () => {
      for await (const part of cutAtLines(broken()))
        if ('data' in part)
          eachLine(
            part,
            (text) => found.push(text),
            () => {},
          );
    })();
    await expect(reading).rejects.toThrow('cut');
    expect(found).toEqual(['one', 'two']);
  });

  it('is read line by line with the same numbers wherever it is cut', async () => {
    const line = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 20 }),
      fc.constant(''),
      fc.constant('x'.repeat(60)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), sizes, piece, async (lines, ended, cuts, least) => {
        const texts = lines.map((text) => text.replaceAll('\n', ''));
        const data = Buffer.from(texts.join('\n') + (ended ? '\n' : ''));
        const limits = { piece: least, longestLine: 50 };
        const found: (readonly [number, string])[] = [];
        for (const part of await pieces(data, cuts, least, limits.longestLine)) {
          if ('tooLong' in part) found.push([part.tooLong, 'too long']);
          else
            eachLine(
              part,
              (text, number) => found.push([number, text]),
              (number) => found.push([number, 'too long']),
              limits,
            );
        }
        const expected = texts
          .map((text, i) => [i + 1, Buffer.byteLength(text) > 50 ? 'too long' : text.trim()] as const)
          .filter(([, text]) => text !== '');
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe('captured pairs', () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.nat(9).map((n) => pair(`same-${n}`)) },
    fc.nat(9).map((n) => pair(`empty-${n}`, '{"tags":[]}', '{"tags":null}')),
    fc.nat(9).map((n) => ({ ...pair(`value-${n}`, `{"n":${n}}`, '{"n":-1}'), route: `GET /route-${n % 3}` })),
    fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map(([a, b, c]) => {
      const body = (n: number) => JSON.stringify({ [`k${c}`]: n });
      return { ...askedTwice(`noisy-${a}`, body(0), body(a), body(b)), route: `GET /noisy-${c}` };
    }),
    fc.constantFrom('', '{"v":2', 'null'),
  );

  it('come to the same summary and the same noise wherever they are cut, in whatever order the pieces are done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), sizes, piece, fc.nat(), async (lines, cuts, least, turn) => {
        const data = Buffer.from(ndjson(lines));
        const results: TaskResult[] = [];
        for (const part of await pieces(data, cuts, least))
          if ('data' in part) results.push(compareCaptures({ kind: 'captures', source: 0, ...part }, compare, true));
        const whole = compareCaptures(
          { kind: 'captures', source: 0, data: new Uint8Array(data), firstLine: 1 },
          compare,
          true,
        );
        expect(rotated(results, turn).reduce((model, { noise }) => mergeNoise(model, noise), NO_NOISE)).toEqual(
          whole.noise,
        );
        expect(merged(rotated(results, turn))).toEqual(whole.summary);
      }),
      { numRuns: 60 },
    );
  });
});

describe('two logs', () => {
  const answer = fc
    .tuple(fc.nat(5), fc.nat(2), fc.boolean())
    .map(([key, n, named]) => legLine(`/items/${key}`, `{"n":${n}}`, named ? `r${key}` : undefined));

  const join = async (
    sides: Readonly<Record<LogSide, Buffer>>,
    cuts: readonly number[],
    least: number,
    parts: number,
  ) => {
    const summary = emptySummary();
    const logs: Record<LogSide, Uint8Array[][]> = { stable: [], candidate: [], control: [] };
    for (const [source, side] of LOG_SIDES.entries()) {
      for (const part of await pieces(sides[side], cuts, least)) {
        if (!('data' in part)) continue;
        const task: LegsTask = { kind: 'legs', source, format: 'leg', ...part };
        // Threads finish in any order; here the last piece comes first.
        logs[side].unshift([...partitionLegs(task, parts).partitions]);
      }
    }
    for (let i = 0; i < parts; i++) {
      const content = (side: LogSide) => ({
        file: null,
        rest: new Uint8Array(Buffer.concat(logs[side].map((found) => found[i] ?? new Uint8Array()))),
      });
      const task = {
        kind: 'join',
        stable: content('stable'),
        candidate: content('candidate'),
        control: content('control'),
      } as const;
      mergeInto(summary, joinPartition(task, { routes: ['/items/{id}'], pairBy: [] }, compare, false).summary);
    }
    return summary;
  };

  it('come to the same summary by any number of partitions, wherever they are cut', async () => {
    const log = fc.array(answer, { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(log, log, sizes, piece, fc.integer({ min: 1, max: 9 }), async (a, b, cuts, least, parts) => {
        const sides = { stable: Buffer.from(ndjson(a)), candidate: Buffer.from(ndjson(b)), control: Buffer.from('') };
        const whole = await join(sides, [1_000_000], 1_000_000, 1);
        expect(await join(sides, cuts, least, parts)).toEqual(whole);
        expect(comparedIn(whole) * 2 + whole.unpaired.stable.count + whole.unpaired.candidate.count).toBe(
          a.length + b.length,
        );
      }),
      { numRuns: 60 },
    );
  });
});

function merged(results: readonly TaskResult[]): Summary {
  const summary = emptySummary();
  for (const result of results) mergeInto(summary, result.summary);
  return summary;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)].reverse();
}

function comparedIn({ routes }: Summary): number {
  return [...routes.values()].flatMap(({ verdicts }) => Object.values(verdicts)).reduce((sum, n) => sum + n, 0);
}
