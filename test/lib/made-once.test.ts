import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { madeOnce } from '../../lib/assets/made-once.ts';
import { temporaryFolder } from '../support/folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = temporaryFolder();

/** A folder that is made from one source, and a count of how often it was made. */
function maker(name: string) {
  const [source, outdir] = [join(folder.path, `${name}.ts`), join(folder.path, name)];
  writeFileSync(source, 'first');
  let times = 0;
  const make = () => {
    mkdirSync(outdir, { recursive: true });
    times++;
    return [relative(ROOT, source)];
  };
  return { source, outdir, make, ask: () => madeOnce(outdir, make), times: () => times };
}

describe('a folder that is made once', () => {
  it('stands while its sources are the same', () => {
    const { ask, times } = maker('same');
    ask();
    ask();
    expect(times()).toBe(1);
  });

  it.each([
    ['a source changes', ({ source }: ReturnType<typeof maker>) => writeFileSync(source, 'second')],
    ['the folder is gone', ({ outdir }) => rmSync(outdir, { recursive: true })],
    ['its record was cut off', ({ outdir }) => writeFileSync(`${outdir}.made-of.json`, '{"a":')],
  ])('is made again when %s', (name, happens) => {
    const one = maker(name.replaceAll(' ', '-'));
    one.ask();
    happens(one);
    one.ask();
    expect(one.times()).toBe(2);
  });

  it('does not stand for made when making it failed', () => {
    const { outdir, ask, times } = maker('failing');
    ask();
    rmSync(outdir, { recursive: true });
    expect(() =>
      madeOnce(outdir, () => {
        mkdirSync(outdir);
        throw new Error('no disk');
      }),
    ).toThrow('no disk');
    ask();
    expect(times()).toBe(2);
  });
});
