/**
 * Draws conversations between a client, the mirror and its primary from a grammar of polite and impolite behaviour, in
 * the manner of https://github.com/narfindustries/http-garden. Each request and each answer carries a tag, so that
 * whatever arrives shows where it belongs.
 */
import fc from 'fast-check';
import { anyCharacter } from '../../support/any-character.ts';
import { type Answer, answer } from './answers.ts';
import { chunked, inPieces, mutated, tag } from './notation.ts';
import { type Asked, politeRequest, rudeRequest } from './requests.ts';

export interface Conversation {
  /** The requests of a polite client, as it would send them; empty if it is undefined what the client asks. */
  readonly requests: readonly Asked[];
  /** How many of the requests the client sends completely. */
  readonly sent: number;
  readonly pieces: readonly string[];
  /** What the client does after it has sent everything. */
  readonly end: 'stay' | 'half-close' | 'close' | 'reset';
  /** Answers by the number of the request. */
  readonly answers: readonly Answer[];
  readonly copyAnswers: readonly Answer[];
}

const MOST_REQUESTS = 4;
const numbers = Array.from({ length: MOST_REQUESTS }, (_, n) => n);
const answersOf = fc.tuple(...numbers.map(answer));

/** Draws a client that asks correctly. The answers are arbitrary. */
const polite: fc.Arbitrary<Conversation> = fc
  .integer({ min: 1, max: MOST_REQUESTS })
  .chain((count) => fc.tuple(...numbers.slice(0, count).map(politeRequest)))
  .chain((requests) =>
    fc.record({
      requests: fc.constant(requests),
      sent: fc.constant(requests.length),
      pieces: inPieces(fc.constant(requests.map((request) => request.text).join(''))),
      end: fc.constant('stay' as const),
      answers: answersOf,
      copyAnswers: answersOf,
    }),
  );

/** Draws a client that asks anything, and leaves in any way. */
const rude: fc.Arbitrary<Conversation> = fc.record({
  requests: fc.constant([]),
  sent: fc.constant(0),
  pieces: inPieces(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(rudeRequest, politeRequest(1)).map(([first, next]) => first + next.text) },
      { weight: 2, arbitrary: rudeRequest },
      { weight: 3, arbitrary: mutated(fc.tuple(politeRequest(0), politeRequest(1)).map(([a, b]) => a.text + b.text)) },
      { weight: 1, arbitrary: mutated(rudeRequest) },
      {
        weight: 1,
        arbitrary: fc.string({ unit: anyCharacter, maxLength: 200 }).map((s) => Buffer.from(s).toString('latin1')),
      },
    ),
  ),
  end: fc.constantFrom('stay', 'stay', 'half-close', 'close', 'reset'),
  answers: answersOf,
  copyAnswers: answersOf,
});

const conversation: fc.Arbitrary<Conversation> = fc.oneof(polite, rude);

/** Draws conversations. The same seed draws the same ones. */
export function conversations(seed: number, count: number): Conversation[] {
  return fc.sample(conversation, { seed, numRuns: count });
}

const SWEPT: readonly Asked[] = [
  { method: 'GET', body: '', text: `GET /${tag(0)} HTTP/1.1\r\nHost: x\r\nX-A: b\r\n\r\n` },
  {
    method: 'POST',
    body: tag(0),
    text: `POST /${tag(0)} HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n${tag(0)}`,
  },
  {
    method: 'POST',
    body: tag(0),
    text: `POST /${tag(0)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(tag(0), ';a=b', 'X-Sum: 7\r\n')}`,
  },
];
const OK: Answer = {
  pieces: [`HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nContent-Length: 2\r\n\r\nok`],
  end: 'stay',
  whole: true,
  early: false,
};

/** Clients that leave after each byte of their request, by closing and by resetting the connection. */
export function leavingClients(): Conversation[] {
  return SWEPT.flatMap((request) =>
    Array.from(request.text).flatMap((_, at) =>
      (['close', 'reset'] as const).map((end) => ({
        requests: [request],
        sent: 0,
        pieces: at === 0 ? [] : [request.text.slice(0, at)],
        end,
        answers: [OK],
        copyAnswers: [OK],
      })),
    ),
  );
}

const SWEPT_ANSWERS: readonly string[] = [
  `HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nContent-Length: 13\r\n\r\n${tag(0)}`,
  `HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(tag(0), ';a=b', 'X-Sum: 7\r\n')}`,
  `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nX-Tag: ${tag(0)}\r\nContent-Length: 1\r\n\r\nx`,
];

/** Primaries that leave after each byte of their answer, by closing and by resetting the connection. */
export function leavingPrimaries(): Conversation[] {
  const request: Asked = { method: 'GET', body: '', text: `GET /${tag(0)} HTTP/1.1\r\nHost: x\r\n\r\n` };
  return SWEPT_ANSWERS.flatMap((text) =>
    Array.from(text).flatMap((_, at) =>
      (['close', 'reset'] as const).map((end) => ({
        requests: [request],
        sent: 1,
        pieces: [request.text],
        end: 'stay' as const,
        answers: [{ pieces: at === 0 ? [] : [text.slice(0, at)], end, whole: false, early: false }],
        copyAnswers: [OK],
      })),
    ),
  );
}
