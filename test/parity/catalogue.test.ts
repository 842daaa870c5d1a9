import { describe, expect, it } from 'vitest';
import { causeSections } from '../../build/docs/causes.ts';
import { CATALOGUE } from '../../parity/causes/catalogue.ts';
import { HTTP_ROWS } from './corpus/http-rows.ts';
import { JSON_ROWS } from './corpus/json-rows.ts';
import { REQUEST_ROWS } from './corpus/request-rows.ts';

const rows = [...causeSections().values()].flat();

describe('docs/reference/causes.md', () => {
  it('has every cause of the catalogue once', () => {
    expect(rows.map(({ cause }) => cause).sort()).toEqual(Object.keys(CATALOGUE).sort());
  });

  it('claims to have run two services against each other for those causes only that the corpus shows', () => {
    const shown = new Set(
      [...JSON_ROWS, ...HTTP_ROWS, ...REQUEST_ROWS].flatMap(({ expect: all }) => all.map((one) => one.split(' ')[1])),
    );
    const claimed = rows.filter(({ row }) => row !== '').map(({ cause }) => cause);
    expect(claimed.length).toBeGreaterThan(60);
    expect(claimed.filter((cause) => !shown.has(cause))).toEqual([]);
  });

  it('says how each is recognised', () => {
    expect(rows.filter(({ told }) => told.trim().length < 5)).toEqual([]);
  });
});
