import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../parity/causes/table.ts';
import { HTTP_ROWS } from './corpus/http-rows.ts';
import { JSON_ROWS } from './corpus/json-rows.ts';
import { REQUEST_ROWS } from './corpus/request-rows.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'parity.md'), 'utf8');

/** Cells of the rows `| cause | class | row | how it is told | what to change |`. */
const rows = [
  ...DOCUMENT.matchAll(/^\| `([a-z0-9-]+)` \| (breaking|benign|noise|undecided) \| ([^|]*)\| (.+?) \| (.+) \|$/gm),
];

describe('docs/reference/parity.md', () => {
  it('has every cause of the catalogue once, with its class and advice', () => {
    const documented = rows.map(([, cause, grade, , , advice]) => [cause, grade, advice?.replaceAll('\\|', '|')]);
    const expected = Object.entries(CATALOGUE).map(([cause, entry]) => [cause, entry.class, entry.advice]);
    expect(documented.sort()).toEqual(expected.sort());
  });

  it('claims to have run two services against each other for those causes only that the corpus shows', () => {
    const shown = new Set(
      [...JSON_ROWS, ...HTTP_ROWS, ...REQUEST_ROWS].flatMap(({ expect: all }) => all.map((one) => one.split(' ')[1])),
    );
    const claimed = rows.filter(([, , , row]) => (row ?? '').trim() !== '').map(([, cause]) => cause);
    expect(claimed.length).toBeGreaterThan(60);
    expect(claimed.filter((cause) => !shown.has(cause))).toEqual([]);
  });

  it('says how each is told', () => {
    expect(rows.filter(([, , , , told]) => (told ?? '').trim().length < 5)).toEqual([]);
  });
});
