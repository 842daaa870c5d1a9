/** CBOR: the examples of RFC 8949, appendix A, in the RFC's own diagnostic notation, and what a reader sees of them. */
import { describe, expect, it } from 'vitest';
import { textOfCbor, textOfMessagePack } from '../../parity/compare/binary/index.ts';
import { told, typed } from '../support/compared.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const cbor = (text: string) => typed('application/cbor', hex(text));

describe('CBOR', () => {
  it.each([
    ['00', '0'],
    ['17', '23'],
    ['1818', '24'],
    ['1903e8', '1000'],
    ['1a000f4240', '1000000'],
    ['1b000000e8d4a51000', '1000000000000'],
    ['1bffffffffffffffff', '18446744073709551615'],
    ['c249010000000000000000', '18446744073709551616'],
    ['3bffffffffffffffff', '-18446744073709551616'],
    ['c349010000000000000000', '-18446744073709551617'],
    ['20', '-1'],
    ['3903e7', '-1000'],
    ['f90000', '0'],
    ['f93c00', '1'],
    ['fb3ff199999999999a', '1.1'],
    ['f93e00', '1.5'],
    ['f97bff', '65504'],
    ['fa47c35000', '100000'],
    ['fa7f7fffff', '3.4028234663852886e+38'],
    ['fb7e37e43c8800759c', '1e+300'],
    ['f90001', '5.960464477539063e-8'],
    ['f90400', '0.00006103515625'],
    ['f9c400', '-4'],
    ['f97c00', '"Infinity"'],
    ['f97e00', '"NaN"'],
    ['f9fc00', '"-Infinity"'],
    ['f4', 'false'],
    ['f5', 'true'],
    ['f6', 'null'],
    ['f7', '{"(simple)":23}'],
    ['f8ff', '{"(simple)":255}'],
    ['c11a514b67b0', '{"(tag 1)":1363896240}'],
    ['d74401020304', '{"(tag 23)":"base64:AQIDBA=="}'],
    ['40', '"base64:"'],
    ['60', '""'],
    ['6449455446', '"IETF"'],
    ['62225c', '"\\"\\\\"'],
    ['62c3bc', '"ü"'],
    ['64f0908591', '"𐅑"'],
    ['80', '[]'],
    ['8301820203820405', '[1,[2,3],[4,5]]'],
    ['a201020304', '{"key 1":2,"key 3":4}'],
    ['a26161016162820203', '{"a":1,"b":[2,3]}'],
    ['5f42010243030405ff', '"base64:AQIDBAU="'],
    ['7f657374726561646d696e67ff', '"streaming"'],
    ['9fff', '[]'],
    ['9f018202039f0405ffff', '[1,[2,3],[4,5]]'],
    ['bf6346756ef563416d7421ff', '{"Fun":true,"Amt":-2}'],
    ['d9d9f701', '1'],
    ['0102', '1,2'],
  ])('%s says %s', (bytes, json) => {
    expect(textOfCbor(hex(bytes))?.values.join()).toBe(json);
  });

  it.each(['', '18', '62', '82', '61ff62', 'ff', 'bf61', '1c', '9f', '5f6161ff', `${'81'.repeat(300)}00`])(
    '%s is none, cut short or too deep, or text of bytes that are none',
    (bytes) => {
      const read = textOfCbor(hex(bytes));
      expect(read === null || read.values.join().includes('base64:')).toBe(true);
    },
  );

  it('tells integers from floats', () => {
    expect(told(cbor('a1616101'), cbor('a16161f93c00'))).toContain('undecided float-for-integer body');
  });
});

describe('what JSON has no word for', () => {
  it('is no text of that word', () => {
    expect(told(cbor('f97e00'), cbor('634e614e'))).toContain('breaking');
    expect(told(cbor('4101'), cbor('6b6261736536343a41513d3d'))).toContain('breaking');
    expect(told(cbor('a10102'), cbor('a1656b6579203102'))).toContain('breaking');
  });

  it('is as exact in MessagePack: keys that are numbers, nanoseconds, keys that stand twice', () => {
    expect(textOfMessagePack(hex('82 01 02 a1 31 02'.replaceAll(' ', '')))?.values.join()).toBe('{"key 1":2,"1":2}');
    expect(textOfMessagePack(hex('d7ff0000000400000001'))?.values.join()).toBe('{"(seconds)":1,"(nanoseconds)":1}');
    expect(textOfMessagePack(hex('82a16101a16102'))?.values.join()).toBe('{"a":1,"a":2}');
  });
});
