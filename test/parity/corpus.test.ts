import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeContent } from '../../capture/bytes/zlib-decoder.ts';
import { CAPTURE_VERSION, type CaptureRecord, type Leg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { capture } from './corpus/capture.ts';
import { HTTP_ROWS } from './corpus/http-rows.ts';
import { JSON_ROWS } from './corpus/json-rows.ts';
import { keyOf, type Recorded, readRecorded, withoutDate, writeRecorded } from './corpus/recorded.ts';
import { REQUEST_ROWS } from './corpus/request-rows.ts';
import type { Row } from './corpus/row.ts';
import { type NodeSide, type Servers, startServers } from './corpus/servers.ts';

const ROWS = [...JSON_ROWS, ...HTTP_ROWS, ...REQUEST_ROWS];
/** Number of rows in the catalogue that the corpus began with. */
const CATALOGUE_ROWS = 34;
/** Causes that any answer of Express shows against any of net/http. They have rows of their own. */
const AMBIENT = new Set(['server-identity', 'header-case', 'framing', 'validator-kind']);
/** Whether to write recorded.json anew from the Go services of this machine. */
const RECORD = process.env.CROSSFADE_RECORD === '1';

let servers: Servers;
let recorded: Recorded;
beforeAll(async () => {
  // In production, Express logs errors to the console.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  servers = await startServers();
  recorded = RECORD ? await recordAnew() : readRecorded();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await servers.stop();
});

async function recordAnew(): Promise<Recorded> {
  const legs: Record<string, Leg> = {};
  for (const row of ROWS) {
    const leg = await liveGo(row);
    if (leg === null) throw new Error(`${row.candidate} cannot be recorded: this machine has no Go 1.25 or newer`);
    legs[keyOf(row)] = row.random ? leg : withoutDate(leg);
  }
  const anew = { go: servers.goVersion ?? 0, legs };
  writeRecorded(anew);
  return anew;
}

async function liveGo({ candidate, request }: Row): Promise<Leg | null> {
  const port = servers.go[candidate];
  return port === undefined ? null : capture(port, request);
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

function differencesOf(row: Row, stable: Leg, candidate: Leg): string[] {
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

const cases = ROWS.flatMap((row) =>
  row.stable.map((side) => ({ name: `${row.row}: ${row.title} (${side}, ${row.candidate})`, side, row })),
);

describe('the corpus', () => {
  it('has every row of the catalogue, and ten more at least', () => {
    const rows = new Set(ROWS.map(({ row }) => row));
    expect(Array.from({ length: CATALOGUE_ROWS }, (_, i) => i + 1).filter((row) => !rows.has(row))).toEqual([]);
    expect(ROWS.filter(({ row }) => row === 'new').length).toBeGreaterThanOrEqual(10);
  });

  it.each(cases)('names what differs in $name', async ({ side, row }) => {
    const stable = await capture(servers.node[side satisfies NodeSide], row.request);
    const candidate = (await liveGo(row)) ?? recorded.legs[keyOf(row)];
    if (candidate === undefined) throw new Error(`nothing recorded for ${keyOf(row)}: run with CROSSFADE_RECORD=1`);
    expect(differencesOf(row, stable, candidate)).toEqual(row.expect);
  });

  it('has recorded what the Go services of this machine say', async ({ skip }) => {
    if (servers.goVersion !== recorded.go) {
      const own = servers.goVersion === null ? 'no Go' : `Go 1.${servers.goVersion}`;
      skip(`recorded by Go 1.${recorded.go}, and this machine has ${own}`);
    }
    for (const row of ROWS) {
      const live = row.random ? null : await liveGo(row);
      if (live !== null)
        expect({ [keyOf(row)]: recorded.legs[keyOf(row)] }).toEqual({ [keyOf(row)]: withoutDate(live) });
    }
  });
});
