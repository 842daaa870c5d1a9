/**
 * Messages as Envoy's script posts them, mutated byte by byte: the recorder refuses each, or makes a readable record of
 * it that contains no secret.
 */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { captureRecordSchema } from '../../../capture/format/record.ts';
import { RecordMaker } from '../../../capture/stored-record.ts';
import { parseExchange } from '../../../mirror/sidecar/message.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { exchange } from '../../support/exchange.ts';

const SECRET = 'Zx9-secret-Qw7';
const RUNS = { numRuns: Number(process.env.CROSSFADE_FUZZ ?? 500), seed: Number(process.env.CROSSFADE_FUZZ_SEED ?? 1) };
const maker = new RecordMaker({
  ingress: 'g',
  routes: ['/items/{id}'],
  redaction: { key: 'a-key-of-sixteen-bytes', fields: [], parameters: [], pointers: [] },
});

const CODINGS = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
  identity: (bytes: Buffer) => bytes,
  'gzip, br': (bytes: Buffer) => brotliCompressSync(gzipSync(bytes)),
  unheard: (bytes: Buffer) => bytes,
} as const;

const text = fc.oneof(
  fc.json().map((json) => `{"password":"${SECRET}","rest":${json}}`),
  fc.constant(`password=${SECRET}&a=b`),
  fc.constant(`<a><password>${SECRET}</password></a>`),
  fc.string({ unit: anyCharacter, maxLength: 100 }),
);
const field = fc.constantFrom(
  `authorization: Bearer ${SECRET}\r\n`,
  `cookie: session=${SECRET}\r\n`,
  `x-api-key: ${SECRET}\r\n`,
  'content-type: application/json\r\n',
  'content-type: application/x-www-form-urlencoded\r\n',
  'content-type: text/xml; charset=utf-16\r\n',
  'content-type: \0\r\n',
  'traceparent: 00-0-0-0\r\n',
  ': \r\n',
  'a\r\n',
);
const message = fc
  .record({
    coding: fc.constantFrom(...(Object.keys(CODINGS) as (keyof typeof CODINGS)[])),
    request: text,
    answer: text,
    fields: fc.array(field, { maxLength: 5 }),
    target: fc.constantFrom('/items/7', `/a?token=${SECRET}`, '/%', '*', `/items/${'x'.repeat(9_000)}`),
    more: fc.constantFrom(0, 0, 1, 70_000),
  })
  .map(({ coding, request, answer, fields, target, more }) => {
    const body = CODINGS[coding](Buffer.from(answer)).toString('latin1');
    return exchange({
      requestHead: `:method: GET\r\n:path: ${target}\r\n:authority: x\r\nx-request-id: r\r\n${fields.join('')}`,
      requestBody: request,
      head: `:status: 200\r\ncontent-encoding: ${coding}\r\n${fields.join('')}`,
      body,
      said: { bytes: Buffer.byteLength(body, 'latin1') + more },
    });
  });

const failed = { outcome: 'failed', reason: 'timeout', detail: 'x', totalMs: 1 } as const;

/** Returns the stored line, or null if the recorder refuses the message. */
function stored(bytes: Buffer): string | null {
  let taken: ReturnType<typeof parseExchange>;
  try {
    taken = parseExchange(bytes);
  } catch {
    return null;
  }
  const { leg, ...request } = taken;
  return maker.line({ ...request, stable: leg, candidate: failed }).toString();
}

it('makes a record of every whole exchange, and none of the secrets stands in it', () => {
  fc.assert(
    fc.property(message, (bytes) => {
      const line = stored(bytes) ?? '';
      const { request, stable } = captureRecordSchema.parse(JSON.parse(line));
      expect(line).not.toContain(SECRET);
      for (const body of [request.body, stable.outcome === 'response' ? stable.body : undefined])
        if (body?.encoding === 'base64')
          expect(Buffer.from(body.data, 'base64').toString('latin1')).not.toContain(SECRET);
    }),
    RUNS,
  );
});

it('refuses what is mutated, or makes a record that can be read', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(message, fc.array(change, { minLength: 1, maxLength: 6 }), (bytes, changes) => {
      const mutated = changes.reduce((now, { at, byte, cut }) => {
        const from = at % now.length;
        return Buffer.concat([now.subarray(0, from), Buffer.alloc(cut, byte), now.subarray(from + cut)]);
      }, bytes);
      const line = stored(mutated);
      if (line !== null) captureRecordSchema.parse(JSON.parse(line));
    }),
    RUNS,
  );
});
