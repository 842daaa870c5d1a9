import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern, segmentsOf } from '../../http/pattern.ts';
import { compareJson } from '../../parity/compare/body/json.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { type Difference, why } from '../../parity/model/difference.ts';
import { withBaseline } from '../../parity/roots/index.ts';
import { applyRules, compileRules, expiredRules, parseRules } from '../../parity/rules/index.ts';
import { answer, pairOf } from '../support/answer.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const by = { owner: 'team-orders', reason: 'agreed with the clients', expires: '2026-04-01' };
type Written = Record<string, unknown>;

const rulesOf = (...rules: Written[]) =>
  parseRules({ v: 1, rules: rules.map((rule, n) => ({ id: `r${n}`, ...by, ...rule })) });

function compare(a: unknown, b: unknown, ...rules: Written[]): string[] {
  const found = compareJson(
    JSON.stringify(a),
    JSON.stringify(b),
    compileRules(rulesOf(...rules), NOW).forRoute('/items/{id}'),
  );
  return (found ?? []).map(
    (d) => `${d.pointer} ${d.cause} ${d.severity}${d.rule === undefined ? '' : ` by ${d.rule}`}`,
  );
}

const [UUID, OTHER] = ['0b0b2c5e-6b52-4f55-9a7e-0c5a3c1d2e3f', '7c1d2e3f-6b52-4f55-9a7e-0c5a0b0b2c5e'];
const header = (name: string, stable: string | null, candidate: string | null): Difference => ({
  in: 'header',
  name,
  stable,
  candidate,
  ...why(stable === null ? 'header-added' : candidate === null ? 'header-missing' : 'header-value'),
});
const judged = (difference: Difference, ...rules: Written[]) => {
  const [first] = applyRules([difference], compileRules(rulesOf(...rules), NOW).forRoute('/items/{id}'));
  return `${first?.cause} ${first?.severity}${first?.rule === undefined ? '' : ` by ${first.rule}`}`;
};

describe('an ignored place', () => {
  const ignore = { kind: 'ignore', where: { pointer: '/**/id' } };

  it('may hold another value of the same format, and the difference names the rule', () => {
    expect(compare({ id: UUID }, { id: OTHER }, ignore)).toEqual(['/id value noise by r0']);
    expect(compare({ a: [{ id: 1 }] }, { a: [{ id: 2 }] }, ignore)).toEqual(['/a/0/id number-value noise by r0']);
  });

  it.each([
    ['a UUID that became a number in text', UUID, '7', '/id format breaking'],
    ['a UUID that became a number', UUID, 7, '/id type breaking'],
    ['a text that became null', UUID, null, '/id type breaking'],
    ['a timestamp in another layout', '2026-01-01T00:00:00.120Z', '2026-01-01T00:00:07.12Z', '/id format breaking'],
    ['a timestamp that became the zero time', '2026-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '/id zero-time breaking'],
    ['a text that became empty', 'abc', '', '/id format breaking'],
    ['hexadecimal of another length', 'a0b1c2d3e4f5a6b7', 'a0b1c2d3e4f5a6b7c8d9', '/id format breaking'],
    ['an empty array that became null', [], null, '/id null-for-empty-array breaking'],
  ])('does not hide %s', (_, stable, candidate, expected) => {
    expect(compare({ id: stable }, { id: candidate }, ignore)).toEqual([expected]);
  });

  it('does not hide that the key is missing, unless that cause is named', () => {
    expect(compare({ id: 7 }, {}, ignore)).toEqual(['/id key-missing breaking']);
    const missing = { kind: 'ignore', where: { pointer: '/id', cause: 'key-missing' } };
    expect(compare({ id: 7 }, {}, missing)).toEqual(['/id key-missing noise by r0']);
  });

  it('takes in elements that come and go only where it names that cause', () => {
    const within = (cause?: 'array-length') =>
      ({ kind: 'ignore', where: { pointer: '/log/**', ...(cause === undefined ? {} : { cause }) } }) as const;
    expect(compare({ log: ['a'] }, { log: ['a', 'b'] }, within())).toEqual(['/log/1 array-length breaking']);
    expect(compare({ log: ['a'] }, { log: ['a', 'b'] }, within('array-length'))).toEqual([
      '/log/1 array-length noise by r0',
    ]);
  });

  it.each([
    ['digits by chance', 'a0b1c2d3', '20260101'],
    ['a token that is digits by chance', '12345678901234', 'x2345678901234'],
    ['any text', 'hello there', '7'],
  ])('lets a format be met by chance: %s', (_, stable, candidate) => {
    expect(compare({ id: stable }, { id: candidate }, ignore)).toEqual(['/id value noise by r0']);
  });

  it('does not crowd out what counts', () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, { id: i * n + n }]));
    const found = compare({ ...many(1), z: 1 }, { ...many(3), z: 2 }, ignore);
    expect(found).toContain('/z number-value breaking');
    expect(found.length).toBe(12);
    expect(found.at(-1)).toBe(' too-many-differences noise');
  });
});

describe('an array', () => {
  it('ruled unordered has an order that says nothing, and elements that do', () => {
    const rule = { kind: 'unordered', where: { pointer: '/*/tags' } };
    expect(compare([{ tags: ['a', 'b'] }], [{ tags: ['b', 'a'] }], rule)).toEqual(['/0/tags array-order noise by r0']);
    expect(compare([{ tags: ['a', 'b'] }], [{ tags: ['b', 'c'] }], rule)).toContain('/0/tags/0 value breaking');
    expect(compare([['a', 'b']], [['b', 'a']], rule)).toEqual(['/0 array-order breaking']);
  });

  it('ruled keyed is paired by what stands at a pointer within its elements', () => {
    const rule = { kind: 'keyed', where: { pointer: '/items' }, key: '/ref/a~1b' };
    const item = (key: number, price: number) => ({ price, ref: { 'a/b': key } });
    const stable = { items: [item(1, 10), item(2, 20), item(3, 30)] };
    expect(compare(stable, { items: [item(3, 30), item(1, 10), item(2, 21)] }, rule)).toEqual([
      '/items array-order noise by r0',
      '/items/1/price number-value breaking',
    ]);
    expect(compare(stable, { items: [item(3, 30), item(1, 10)] }, rule)).toEqual([
      '/items array-order noise by r0',
      '/items/1 array-length breaking',
    ]);
  });
});

describe('a tolerance', () => {
  const within = (limits: Written) => ({ kind: 'tolerance', where: { pointer: '/v' }, within: limits });

  it('of numbers is absolute or relative, and exact at its edge', () => {
    expect(compare({ v: 1.1 }, { v: 1.0 }, within({ absolute: 0.1 }))).toEqual(['/v number-value benign by r0']);
    expect(compare({ v: 1.1 }, { v: 0.99 }, within({ absolute: 0.1 }))).toEqual(['/v number-value breaking']);
    expect(compare({ v: 100 }, { v: 99 }, within({ relative: 0.01 }))).toEqual(['/v number-value benign by r0']);
    expect(compare({ v: 100 }, { v: 98 }, within({ relative: 0.01 }))).toEqual(['/v number-value breaking']);
  });

  it('of timestamps is in milliseconds, in the same layout', () => {
    const at = (time: string) => ({ v: `2026-01-01T00:00:${time}Z` });
    expect(compare(at('01.000'), at('01.500'), within({ ms: 500 }))).toEqual(['/v value benign by r0']);
    expect(compare(at('01.000'), at('01.501'), within({ ms: 500 }))).toEqual(['/v value breaking']);
    expect(compare(at('01.000'), at('01.5'), within({ ms: 500 }))).toEqual(['/v value breaking']);
    expect(compare({ v: 1 }, { v: 2 }, within({ ms: 500 }))).toEqual(['/v number-value breaking']);
  });

  it('does not reach over types', () => {
    expect(compare({ v: 1 }, { v: '1' }, within({ absolute: 9 }))).toEqual(['/v number-type breaking']);
  });
});

describe('a severity', () => {
  it('is given by place, by cause, or by both', () => {
    const rule = (where: Written) => ({ kind: 'reclassify', where, severity: 'benign' });
    const [a, b] = [
      { x: 1, y: [] },
      { x: 2, y: null },
    ];
    const [x, y] = ['/x number-value breaking', '/y null-for-empty-array breaking'];
    expect(compare(a, b, rule({ pointer: '/y' }))).toEqual([x, '/y null-for-empty-array benign by r0']);
    expect(compare(a, b, rule({ cause: 'number-value' }))).toEqual(['/x number-value benign by r0', y]);
    expect(compare(a, b, rule({ pointer: '/x', cause: 'null-for-empty-array' }))).toEqual([x, y]);
  });

  it('is given by the cause of which another was a part when the rule was written, and so is a baseline', () => {
    const rule = { kind: 'reclassify', where: { cause: 'body-missing' }, severity: 'benign' };
    const record = pairOf(answer(''), answer('{}'));
    const judgedBy = (rules: ReturnType<typeof compileRules>) => compareRecord(record, { rules }).verdict;
    expect(judgedBy(compileRules(rulesOf(rule), NOW))).toBe('benign');
    expect(judgedBy(compileRules(rulesOf({ ...rule, where: { cause: 'body-added' } }), NOW))).toBe('breaking');
    const known = (cause: 'body-missing' | 'body-added') =>
      withBaseline(compareRecord, {
        format: 'crossfade-baseline/1',
        differences: [{ route: record.route, cause, place: 'body' }],
      })(record).verdict;
    expect([known('body-missing'), known('body-added')]).toEqual(['same', 'breaking']);
  });

  it('may be given to a format that changed where the value is ignored', () => {
    const ignore = { kind: 'ignore', where: { pointer: '/id' } };
    const accept = { kind: 'reclassify', where: { pointer: '/id', cause: 'format' }, severity: 'benign' };
    expect(compare({ id: UUID }, { id: '7' }, ignore, accept)).toEqual(['/id format benign by r1']);
  });

  it('is that of the first rule that fits', () => {
    const rules = ['undecided', 'benign'].map((kind) => ({
      kind: 'reclassify',
      where: { pointer: '/x' },
      severity: kind,
    }));
    expect(compare({ x: 1 }, { x: 2 }, ...rules)).toEqual(['/x number-value undecided by r0']);
  });

  it('is read from rules that still call it a class, and one of them is enough', () => {
    const rule = { kind: 'reclassify', where: { pointer: '/x' }, class: 'benign' };
    expect(compare({ x: 1 }, { x: 2 }, rule)).toEqual(['/x number-value benign by r0']);
    expect(() => compare({}, {}, { ...rule, severity: 'benign' })).toThrow(/rules\.0.*class/);
  });
});

describe('header and status differences', () => {
  it('are selected by the name of the field, in any case, or by cause', () => {
    const ignore = { kind: 'ignore', where: { header: 'X-Trace' } };
    expect(judged(header('x-trace', UUID, OTHER), ignore)).toBe('header-value noise by r0');
    expect(judged(header('x-other', UUID, OTHER), ignore)).toBe('header-value undecided');
    const status: Difference = { in: 'status', stable: 404, candidate: 405, ...why('method-not-allowed') };
    const accept = { kind: 'reclassify', where: { cause: 'method-not-allowed' }, severity: 'benign' };
    expect(judged(status, accept)).toBe('method-not-allowed benign by r0');
  });

  it('of an ignored field still show that it is missing, or has another format', () => {
    const ignore = { kind: 'ignore', where: { header: 'x-trace' } };
    expect(judged(header('x-trace', UUID, null), ignore)).toBe('header-missing undecided');
    expect(judged(header('x-trace', UUID, '12'), ignore)).toBe('format breaking');
  });

  it('may be small enough', () => {
    const rule = { kind: 'tolerance', where: { header: 'age' }, within: { absolute: 5 } };
    expect(judged(header('age', '10', '14'), rule)).toBe('header-value benign by r0');
    expect(judged(header('age', '10', '16'), rule)).toBe('header-value undecided');
  });
});

describe('a record compared by rules', () => {
  const rules = compileRules(
    rulesOf(
      { kind: 'ignore', where: { pointer: '/id' } },
      { kind: 'reclassify', where: { cause: 'no-answer' }, severity: 'undecided' },
    ),
    NOW,
  );

  it('has the verdict of what the rules leave, whatever the request would explain', () => {
    const record = pairOf(answer('{"id":1}'), answer('{"id":2}'), { target: '/x?c[d]=4' });
    expect(compareRecord(record).verdict).toBe('breaking');
    expect(compareRecord(record, { rules })).toMatchObject({
      verdict: 'same',
      differences: [{ cause: 'number-value', severity: 'noise', rule: 'r0' }],
    });
  });

  it('may lack an answer', () => {
    const lost = { outcome: 'failed', reason: 'timeout', detail: 'late', totalMs: 5 } as const;
    expect(compareRecord(pairOf(answer('{}'), lost), { rules })).toMatchObject({
      verdict: 'undecided',
      newError: true,
    });
  });
});

describe('a route', () => {
  it('is matched by its template; * is one segment, ** any number', () => {
    const rule = (route: string) => ({ kind: 'ignore', where: { route, pointer: '/id' } });
    const hit = ['/items/{id}', '/items/*', '/**', '/**/{id}'].map((route) =>
      compare({ id: 1 }, { id: 2 }, rule(route)),
    );
    const miss = ['/items', '/*', '/items/{id}/*'].map((route) => compare({ id: 1 }, { id: 2 }, rule(route)));
    expect(hit.flat()).toEqual(hit.map(() => '/id number-value noise by r0'));
    expect(miss.flat()).toEqual(miss.map(() => '/id number-value breaking'));
  });
});

describe('a pattern', () => {
  const segments = fc.array(fc.constantFrom('a', 'b'), { maxLength: 6 });
  const patterns = fc.array(fc.constantFrom('a', 'b', '*', '**'), { maxLength: 6 });
  const asRegExp = (pattern: readonly string[]) =>
    new RegExp(`^${pattern.map((s) => (s === '**' ? '(?:/[^/]*)*' : s === '*' ? '/[^/]*' : `/${s}`)).join('')}$`);

  it('matches what its regular expression matches', () => {
    fc.assert(
      fc.property(patterns, segments, (pattern, place) => {
        const text = place.map((segment) => `/${segment}`).join('');
        expect(matchesPattern(pattern, segmentsOf(text))).toBe(asRegExp(pattern).test(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('expiry', () => {
  it('is the end of a day in UTC; an expired rule stops applying and is reported', () => {
    const set = rulesOf({ kind: 'ignore', where: { pointer: '/id' } });
    const at = (now: string) => compileRules(set, new Date(now)).forRoute('/x').judge;
    const [difference] = compareJson('{"id":1}', '{"id":2}') ?? [];
    if (difference === undefined) throw new Error('1 is not 2');
    expect(at('2026-04-01T23:59:59Z')(difference).severity).toBe('noise');
    expect(at('2026-04-02T00:00:00Z')(difference).severity).toBe('breaking');
    expect(expiredRules(set, new Date('2026-04-02T00:00:00Z')).map(({ id }) => id)).toEqual(['r0']);
    expect(compileRules(set, new Date('2026-04-02T00:00:00Z')).expired.map(({ owner }) => owner)).toEqual([
      'team-orders',
    ]);
  });
});

describe('rules that are not valid', () => {
  const ignore = { kind: 'ignore', where: { pointer: '/id' } };
  it.each([
    ['an unknown key', { ...ignore, expire: '2026-01-01' }, /rules\.0\.expire: unknown key/],
    ['no owner', { ...ignore, owner: ' ' }, /rules\.0\.owner: /],
    ['no reason', { ...ignore, reason: undefined }, /rules\.0\.reason: /],
    ['an expiry that is no date', { ...ignore, expires: '2026-02-30' }, /rules\.0\.expires: must be a date/],
    [
      'a pointer that is none',
      { ...ignore, where: { pointer: 'id' } },
      /rules\.0\.where\.pointer: must be a JSON pointer/,
    ],
    ['nothing but a route', { ...ignore, where: { route: '/x' } }, /rules\.0\.where: must name a pointer/],
    [
      'an unknown cause',
      { ...ignore, where: { cause: 'vibes' } },
      /rules\.0\.where\.cause: not a cause of the catalogue/,
    ],
    ['an unknown kind', { kind: 'forget', where: {} }, /rules\.0\.kind: /],
    ['an empty tolerance', { kind: 'tolerance', where: { pointer: '/v' }, within: {} }, /rules\.0\.within: must give/],
    ['no array', { kind: 'unordered', where: { cause: 'array-order' } }, /rules\.0\.where\.pointer: /],
  ])('name the place: %s', (_, rule, message) => {
    expect(() => rulesOf(rule)).toThrow(message);
  });

  it('have ids that stand twice', () => {
    expect(() => rulesOf({ ...ignore, id: 'same' }, { ...ignore, id: 'same' })).toThrow(
      'rules.1.id: "same" appears twice',
    );
  });
});
