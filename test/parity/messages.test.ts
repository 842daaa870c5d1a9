/** Binary messages: fields in any order are the same message. */
import { encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { told, typed } from '../support/compared.ts';

const pack = (value: unknown) => typed('application/msgpack', encode(value));
const bytes = (...parts: readonly (number | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
const proto = (...parts: readonly (number | string)[]) => typed('application/x-protobuf', bytes(...parts));
const frame = (message: Buffer, flag = 0) => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
/** A protobuf message with the fields `id` (1) and `name` (2). */
const item = (id: number, name: string) => bytes(0x08, id, 0x12, name.length, name);
const turned = (id: number, name: string) => bytes(0x12, name.length, name, 0x08, id);

describe('a binary message', () => {
  it('of MessagePack is compared by its values', () => {
    expect(told(pack({ a: 1, b: [true, null] }), pack({ b: [true, null], a: 1 }))).toBe(
      'benign: benign key-order body',
    );
    expect(told(pack({ a: 1, b: 'x' }), pack({ a: 2, b: 'x' }))).toBe('breaking: breaking number-value body/a');
    expect(told(pack({ a: [] }), pack({ a: null }))).toContain('null-for-empty-array body/a');
  });

  it('of protobuf is compared by field numbers, whatever their order', () => {
    const [one, other] = [proto(0x08, 7, 0x12, 2, 'ab'), proto(0x12, 2, 'ab', 0x08, 7)];
    expect(told(one, other)).toMatch(/^benign/);
    expect(told(one, proto(0x12, 2, 'ax', 0x08, 7))).toBe('breaking: breaking value body/2/0');
    expect(told(one, proto(0x08, 7))).toBe('breaking: breaking key-missing body/2');
  });

  it('within another one is compared by its fields', () => {
    const outer = (inner: Buffer) => typed('application/protobuf', Buffer.concat([bytes(0x0a, inner.length), inner]));
    expect(told(outer(item(1, 'a')), outer(turned(1, 'a')))).toMatch(/^benign/);
    expect(told(outer(item(1, 'a')), outer(item(2, 'a')))).toBe('breaking: breaking number-value body/1/0/1/0');
  });

  it('of gRPC is compared message by message, with the trailers of gRPC-Web', () => {
    const grpc = (...messages: readonly Buffer[]) => typed('application/grpc+proto', Buffer.concat(messages));
    expect(told(grpc(frame(item(1, 'a'))), grpc(frame(turned(1, 'a'))))).toMatch(/^benign/);
    expect(told(grpc(frame(item(1, 'a')), frame(item(2, 'b'))), grpc(frame(item(1, 'a'))))).toContain(
      'array-length body/1',
    );
    const web = (status: string) =>
      typed(
        'application/grpc-web-text',
        Buffer.concat([frame(item(1, 'a')), frame(Buffer.from(`grpc-status:${status}\r\n`), 0x80)]).toString('base64'),
      );
    expect(told(web('0'), web('5'))).toBe('breaking: breaking value body/1/trailers/grpc-status');
  });

  it('that is none is compared byte by byte', () => {
    expect(told(proto(0xff, 1), proto(0xff, 2))).toBe('breaking: breaking body-bytes body');
    expect(
      told(typed('application/grpc', bytes(1, 0, 0, 0, 1, 5)), typed('application/grpc', bytes(1, 0, 0, 0, 1, 6))),
    ).toBe('breaking: breaking body-bytes body');
  });
});
