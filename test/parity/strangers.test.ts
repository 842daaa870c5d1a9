/**
 * Pairs of answers with which a stranger would try the comparer, labelled (`want`) before the first run: 236, 259 half
 * a day later, and 148 whole answers of Node's and Go's frameworks (`rw:`);
 * 540 of all kinds of HTTP and its formats (`wide:`, docs/adr/0101), and 460 and 79 that went on from there (`later:`, `last:`,
 * docs/adr/0109);
 * and 125 written along with code (values that each side makes for itself, cases that mutants called for, and further
 * instances of what the 148 showed, `after:`).
 * Where the comparer still disagrees, `is` holds its result. `cause` is the cause of one of the differences.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { CaptureRecord } from '../../capture/format/index.ts';
import { answer } from '../support/answer.ts';
import { told } from '../support/compared.ts';

const fields = z.array(z.tuple([z.string(), z.string()])).default([]);
const leg = z
  .strictObject({
    status: z.int().default(200),
    headers: fields,
    text: z.string().optional(),
    base64: z.base64().optional(),
  })
  .transform(({ status, headers, text = '', base64 }) =>
    answer(base64 === undefined ? text : Buffer.from(base64, 'base64'), headers, { status }),
  );
const row = z.strictObject({
  name: z.string(),
  want: z.enum(['breaking', 'undecided', 'calm', 'not breaking', 'not calm']),
  is: z.enum(['breaking', 'undecided', 'calm']).optional(),
  cause: z.string().optional(),
  request: z.object({ method: z.string(), target: z.string(), headers: fields }).optional(),
  stable: leg,
  candidate: leg,
});
type Row = z.infer<typeof row>;

const ROWS = [
  'strangers',
  'strangers-again',
  'strangers-rewrites',
  'strangers-wide',
  'strangers-later',
  'own-values',
].flatMap((name) =>
  readFileSync(join(import.meta.dirname, `${name}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => row.parse(JSON.parse(line))),
);

function said({ request, stable, candidate }: Row): string {
  const record: Partial<CaptureRecord> =
    request === undefined
      ? {}
      : {
          route: `${request.method} ${request.target.split('?')[0]}`,
          request: { ...request, headers: [['Host', 'shop.test'], ...request.headers] },
        };
  return told(stable, candidate, record);
}

/** Returns the level of a verdict: `calm` fails no comparison. */
function levelOf(text: string): string {
  const verdict = text.split(':', 1)[0] ?? '';
  return verdict === 'same' || verdict === 'benign' ? 'calm' : verdict;
}

const fits = (want: Row['want'], level: string) => (want.startsWith('not ') ? level !== want.slice(4) : level === want);

describe('a pair that a stranger tries', () => {
  it.each(ROWS.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const text = said(one);
    const level = levelOf(text);
    if (one.is === undefined) expect(fits(one.want, level), text).toBe(true);
    else expect([level, fits(one.want, level)], text).toEqual([one.is, false]);
    if (one.cause !== undefined && one.is === undefined) expect(text).toContain(` ${one.cause} `);
  });

  it('is called breaking rightly in 97 of 100, and never calm where it breaks', () => {
    const called = ROWS.map((one) => ({ want: one.want, level: levelOf(said(one)) }));
    const breaking = called.filter(({ level }) => level === 'breaking');
    const right = breaking.filter(({ want }) => want === 'breaking' || want === 'not calm');
    expect(right.length / breaking.length).toBeGreaterThanOrEqual(0.97);
    expect(called.filter(({ want, level }) => want === 'breaking' && level === 'calm')).toEqual([]);
  });
});
