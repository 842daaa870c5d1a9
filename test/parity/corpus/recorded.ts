/** What the Go services answered when they last ran, so that every row can be checked on a machine without Go. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Leg, legSchema } from '../../../capture/format/record.ts';
import type { Row } from './row.ts';

const FILE = join(import.meta.dirname, 'recorded.json');
const recordedSchema = z.strictObject({
  /** Minor version of the Go 1 release that was recorded. */
  go: z.int(),
  legs: z.record(z.string(), legSchema),
});

export type Recorded = z.infer<typeof recordedSchema>;

export function keyOf({ candidate, request }: Pick<Row, 'candidate' | 'request'>): string {
  const { method = 'GET', target, headers = {}, body = '' } = request;
  return [candidate, method, target, ...Object.values(headers), body.slice(0, 40)]
    .filter((part) => part !== '')
    .join(' ');
}

export function readRecorded(): Recorded {
  return recordedSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

/** Writes one leg per line, so that a diff shows which legs changed. */
export function writeRecorded({ go, legs }: Recorded): void {
  const lines = Object.entries(legs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, leg]) => `${JSON.stringify(key)}: ${JSON.stringify(leg)}`);
  writeFileSync(FILE, `{ "go": ${go}, "legs": {\n${lines.join(',\n')}\n} }\n`);
}

/** Returns the leg with a fixed Date field. */
export function withoutDate(leg: Leg): Leg {
  if (leg.outcome === 'failed') return leg;
  return { ...leg, headers: leg.headers.map(([name, value]) => [name, name === 'Date' ? FIXED_DATE : value]) };
}

const FIXED_DATE = 'Tue, 24 Nov 2026 08:00:00 GMT';
