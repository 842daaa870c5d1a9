/** Two logs are paired by what identifies a request on both sides or, if nothing does, by what was asked, in order. */
import { describe, expect, it } from 'vitest';
import { pairLegs } from '../../cli/compare/diff/threads/pair-legs.ts';
import { type HarEntry, harEntrySchema, legLineOf } from '../../cli/compare/inputs/har.ts';
import { type LegLine, legLineSchema } from '../../cli/compare/inputs/leg-log.ts';
import { harEntry, legLine } from '../support/captures.ts';

type Fields = [string, string][];
interface Asked {
  readonly id?: string;
  readonly headers?: Fields;
  readonly answered?: Fields;
  readonly body?: string;
}

/** `data` distinguishes the answers. */
function asked(data: string, { id, headers = [], answered = [], body }: Asked = {}): { line: LegLine } {
  const line = legLine('/a', data, id);
  const leg = line.leg.outcome === 'response' ? { ...line.leg, headers: answered } : line.leg;
  const captured =
    body === undefined ? {} : { body: { encoding: 'utf8', data: body, bytes: body.length, truncated: false } };
  return { line: legLineSchema.parse({ ...line, leg, request: { ...line.request, headers, ...captured } }) };
}

const dataOf = ({ line }: { line: LegLine }) => (line.leg.outcome === 'response' ? line.leg.body.data : '');
function paired(stable: { line: LegLine }[], candidate: { line: LegLine }[]) {
  const { pairs, onlyStable, onlyCandidate } = pairLegs(stable, candidate);
  return {
    pairs: pairs.map((pair) => `${dataOf(pair.stable)}${dataOf(pair.candidate)}`).sort(),
    only: [onlyStable.map(dataOf).join(''), onlyCandidate.map(dataOf).join('')],
  };
}
const span = (trace: string, parent: string): Fields => [
  ['traceparent', `00-${trace.repeat(32)}-${parent.repeat(16)}-01`],
];

describe('answers of one method and URL', () => {
  it('are paired by the id that the sender gave, in any order, and two ids are two requests', () => {
    const found = paired(
      [asked('1', { id: 'x' }), asked('2', { id: 'y' })],
      [asked('2', { id: 'y' }), asked('9', { id: 'z' })],
    );
    expect(found).toEqual({ pairs: ['22'], only: ['1', '9'] });
  });

  it.each<[string, (n: string, side: string) => Asked]>([
    ['the trace, whatever the span', (n, side) => ({ headers: span(n, side) })],
    ['a correlation id', (n) => ({ headers: [['X-Correlation-Id', n]] })],
    ['an id that the service echoes', (n) => ({ answered: [['X-Request-Id', n]] })],
  ])('are paired by %s', (_, make) => {
    const one = (n: string, side: string) => asked(n, make(n, side));
    expect(paired([one('1', 'a'), one('2', 'a'), one('3', 'a')], [one('3', 'b'), one('1', 'b')])).toEqual({
      pairs: ['11', '33'],
      only: ['2', ''],
    });
  });

  it('are paired by order where ids are made by each server', () => {
    const one = (n: string, id: string) => asked(n, { answered: [['X-Request-Id', id]] });
    expect(paired([one('1', 'p'), one('2', 'q')], [one('1', 'r'), one('2', 's')]).pairs).toEqual(['11', '22']);
  });

  it.each<[string, string, string, string[], [string, string]]>([
    ['the first', '12345', '2345', ['22', '33', '44', '55'], ['1', '']],
    ['one in the middle', '12345', '1245', ['11', '22', '44', '55'], ['3', '']],
    ['the last, and another has one more', '123', '0123', ['11', '22', '33'], ['', '0']],
    ['nothing, in another order', '123', '312', ['11', '22', '33'], ['', '']],
  ])('are paired by what was asked where a log lacks %s', (_, stable, candidate, pairs, only) => {
    const of = (all: string) => [...all].map((n) => asked(n, { body: `{"q":${n}}` }));
    expect(paired(of(stable), of(candidate))).toEqual({ pairs, only });
  });

  it('are paired in turn where each body has a nonce', () => {
    const of = (side: string) => ['1', '2'].map((n) => asked(n, { body: `${side}${n}` }));
    expect(paired(of('a'), of('b')).pairs).toEqual(['11', '22']);
  });

  it('are paired within their host, where both sides were asked at several', () => {
    const at = (n: string, host: string) => asked(n, { headers: [['Host', host]] });
    expect(paired([at('1', 'x'), at('2', 'y')], [at('2', 'y'), at('1', 'x')]).pairs).toEqual(['11', '22']);
    expect(paired([at('1', 'stable.test')], [at('1', 'candidate.test')]).pairs).toEqual(['11']);
  });
});

describe('a HAR entry as recorders write it', () => {
  const entry = harEntry('https://shop.example/b', '{}');
  const read = (more: object): LegLine => legLineOf(harEntrySchema.parse({ ...entry, ...more }) satisfies HarEntry);
  const answered = (more: object) => read({ response: { ...entry.response, ...more } }).leg;
  const body = (content: object, more: object = {}) => answered({ content, ...more });

  it.each<[string, object]>([
    ['no time', { time: null }],
    ['a time of -1', { time: -1 }],
    ['no posted data', { request: { ...entry.request, postData: null } }],
    ['no timings', { timings: null }],
    ['an offset without a colon', { startedDateTime: '2026-11-24T08:00:00.000+0100' }],
    ['no offset', { startedDateTime: '2026-11-24T08:00:00' }],
  ])('may have %s', (_, more) => {
    expect(read(more).leg.outcome).toBe('response');
  });

  it.each([-1, -999, 0, null])('has no answer where the status is %s', (status) => {
    expect(answered({ status })).toMatchObject({ outcome: 'failed' });
  });

  it.each<[string, object, boolean]>([
    ['a file beside it', { size: -1, _file: 'a.bin' }, true],
    ['a size and no text', { size: 10 }, true],
    ['an unknown size and no text', { size: -1 }, true],
    ['less text than its size', { size: 1_000, text: '{"a":1' }, true],
    ['text of its size', { size: 2, text: '{}' }, false],
    ['a mark of order that the text lost', { size: 5, text: '{}' }, false],
    ['no size and no text', {}, false],
    ['a size of 0', { size: 0 }, false],
  ])('with %s says whether its body is known', (_, content, truncated) => {
    expect(body(content)).toMatchObject({ body: { truncated } });
  });

  it('has no body with 204 and 304, whatever its size', () => {
    expect(body({ size: -1 }, { status: 204 })).toMatchObject({ body: { truncated: false } });
    expect(body({ size: -1 }, { status: 304 })).toMatchObject({ body: { truncated: false } });
  });

  it('is refused where base64 is none', () => {
    expect(() => body({ size: 3, text: 'not!base64', encoding: 'base64' })).toThrow('base64');
  });

  it('has each cookie for itself, also where they are joined by a newline', () => {
    const headers = [{ name: 'Set-Cookie', value: 'a=1; Path=/\nb=2' }];
    expect(answered({ headers })).toMatchObject({
      headers: [
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2'],
      ],
    });
  });

  it('has text that is decoded already, whatever charset the field names', () => {
    const headers = [{ name: 'Content-Type', value: 'text/html; charset=iso-8859-1' }];
    expect(body({ size: 1, text: 'é' }, { headers })).toMatchObject({ body: { encoding: 'base64', data: '6Q==' } });
  });
});
