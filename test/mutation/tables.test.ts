import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plant, readMutants } from './mutant.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the tables of mutants', () => {
  it.each(readMutants().map((mutant) => [`${mutant.file}: ${mutant.what}`, mutant] as const))(
    'find their fragment and their tests: %s',
    (_name, mutant) => {
      const source = readFileSync(join(ROOT, mutant.file), 'utf8');
      expect(plant(source, mutant)).not.toBe(source);
      expect(mutant.tests.filter((test) => !existsSync(join(ROOT, test)))).toEqual([]);
    },
  );
});
