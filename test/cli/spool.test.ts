import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Spool, type SpooledCapture } from '../../cli/compare/contract/spool.ts';
import { anyCharacter } from '../support/any-character.ts';
import { pair } from '../support/captures.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  vi.stubEnv('TMPDIR', dir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const all = async (spool: Spool) => {
  const found: SpooledCapture[] = [];
  await spool.each((pair) => found.push(pair), new AbortController().signal);
  return found;
};

describe('pairs that wait', () => {
  it('come back as they are and in the order in which they came, whatever they hold', async () => {
    const text = fc.oneof(fc.string({ unit: anyCharacter }), fc.constantFrom('\n', '\u2028', '\ud800', ' \t '));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(), text)), async (items) => {
        const spool = await Spool.open();
        const pairs = items.map(([source, line, body]) => ({ at: { source, line }, record: pair('r', body) }));
        await Promise.all(pairs.map((pair) => spool.add(pair)));
        expect(await all(spool)).toEqual(pairs);
        await spool.close();
      }),
      { numRuns: 30 },
    );
  });

  it('may be longer than a line of captured pairs may be', async () => {
    const spool = await Spool.open();
    const long = { at: { source: 0, line: 1 }, record: pair('long', 'x'.repeat(9_000_000)) };
    await spool.add(long);
    await spool.add({ at: { source: 0, line: 2 }, record: pair('short') });
    expect((await all(spool)).map(({ record }) => record.requestId)).toEqual(['long', 'short']);
    await spool.close();
  });

  it('have no name that anybody could open', async () => {
    const spool = await Spool.open();
    await spool.add({ at: { source: 0, line: 1 }, record: pair('secret') });
    expect(await readdir(dir)).toEqual([]);
    expect(await all(spool)).toHaveLength(1);
    await spool.close();
  });
});
