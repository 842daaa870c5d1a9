import { decodeContent } from '../../../capture/bytes/zlib-decoder.ts';
import { CAPTURE_VERSION, type CaptureRecord, type Leg } from '../../../capture/format/record.ts';
import { compareRecord } from '../../../parity/compare/record.ts';
import { placeOf } from '../../../parity/model/difference.ts';
import { HTTP_ROWS } from './http-rows.ts';
import { JSON_ROWS } from './json-rows.ts';
import type { NodeSide } from './node-servers.ts';
import { REQUEST_ROWS } from './request-rows.ts';
import type { Row } from './row.ts';

export const ROWS: readonly Row[] = [...JSON_ROWS, ...HTTP_ROWS, ...REQUEST_ROWS];
/** Causes that any answer of Express shows against any of net/http. They have rows of their own. */
const AMBIENT = new Set(['server-identity', 'header-case', 'framing', 'validator-kind']);

/** Each row with each of its stable services. */
export const CASES: readonly { readonly name: string; readonly side: NodeSide; readonly row: Row }[] = ROWS.flatMap(
  (row) => row.stable.map((side) => ({ name: `${row.row}: ${row.title} (${side}, ${row.candidate})`, side, row })),
);

/** Returns place, cause and severity of each difference that the row looks at. */
export function differencesOf(row: Row, stable: Leg, candidate: Leg): string[] {
  const { differences } = compareRecord(recordOf(row, stable, candidate), { decode: decodeContent });
  return differences
    .filter((difference) => {
      if (row.look === undefined) return !AMBIENT.has(difference.cause) || difference.in === 'status';
      return row.look.some((place) => placeOf(difference).startsWith(place));
    })
    .map(
      (difference) =>
        `${placeOf(difference).replace(/\/line\/\d+/, '/line/n')} ${difference.cause} ${difference.severity}`,
    );
}

function recordOf({ request }: Row, stable: Leg, candidate: Leg): CaptureRecord {
  const { method = 'GET', target, headers = {}, body } = request;
  return {
    v: CAPTURE_VERSION,
    ingress: 'corpus',
    requestId: 'r',
    at: '2026-11-24T08:00:00.000Z',
    route: target,
    request: {
      method,
      target,
      headers: [['Host', 'corpus.test'], ...Object.entries(headers)],
      ...(body === undefined
        ? {}
        : { body: { encoding: 'utf8', data: body, bytes: Buffer.byteLength(body), truncated: false } }),
    },
    primary: 'stable',
    stable,
    candidate,
  };
}
