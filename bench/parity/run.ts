/**
 * CPU time and exactness of the JSON comparer beside two JSON.parse calls and four libraries. `npm run bench -- parity
 * [kB…]`
 */

import { CAPTURE_VERSION, type CaptureRecord, captureRecordSchema } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { EMPTY_TALLY, GatheredNoise, type NoiseModel, type RouteTallies, totalOf } from '../../parity/tally/index.ts';
import { CASES, type Case, type Pair, pairOf } from './bodies.ts';
import { CONTENDERS, CROSSFADE, EXACT, FLOOR } from './contenders.ts';
import { measure } from './measure.ts';

const SIZES_KB = [2, 20, 100, 5000];

export async function run(args: string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : SIZES_KB;
  if (sizes.some((size) => !(size > 0 && size <= 20_000))) throw new Error('sizes are in kB, up to 20000');
  exactness();
  identical(sizes);
  for (const kind of CASES) if (kind !== 'identical') times(kind, kind === 'one insertion' ? [0] : sizes);
  counting();
  throughput();
}

function exactness(): void {
  const names = Object.keys(CONTENDERS).filter((name) => name !== FLOOR);
  console.log('\ndifferences found (of how many there are; * marks those that are wrong)');
  console.log(`${''.padEnd(32)}${names.map((name) => name.padStart(17)).join('')}`);
  for (const [what, pair, expected] of EXACT) {
    const cells = names.map((name) => {
      const found = CONTENDERS[name]?.(pair);
      return `${found}${found === expected ? '' : ' *'}`.padStart(17);
    });
    console.log(`${`${what} (${expected})`.padEnd(32)}${cells.join('')}`);
  }
}

function identical(sizes: readonly number[]): void {
  console.log('\nidentical bytes: µs, and the ratio to Buffer.equals');
  for (const kb of sizes) {
    const pair = pairOf('identical', kb * 1000);
    const [a, b] = [Buffer.from(pair.stable), Buffer.from(pair.candidate)];
    const medians = measure({ equals: () => a.equals(b), [CROSSFADE]: () => CONTENDERS[CROSSFADE]?.(pair) });
    const [equals = 0, ours = 0] = [medians.equals, medians[CROSSFADE]];
    console.log(`${size(kb)}  equals ${us(equals)}  crossfade ${us(ours)}  ratio ${(ours / equals).toFixed(2)}`);
  }
}

function times(kind: Case, sizes: readonly number[]): void {
  const names = Object.keys(CONTENDERS);
  console.log(`\n${kind}: µs, the ratio to ${FLOOR}, and [differences found]`);
  for (const kb of sizes) {
    const pair = pairOf(kind, kb * 1000);
    const medians = measure(Object.fromEntries(names.map((name) => [name, () => CONTENDERS[name]?.(pair)])));
    const floor = medians[FLOOR] ?? Number.NaN;
    const label = kind === 'one insertion' ? 'array of 500' : size(kb);
    for (const name of names) {
      const ms = medians[name] ?? Number.NaN;
      const found = name === FLOOR ? '' : `[${CONTENDERS[name]?.(pair)}]`;
      console.log(`${label}  ${name.padEnd(16)} ${us(ms)}  × ${(ms / floor).toFixed(2)}  ${found}`);
    }
  }
}

/** What one core of the Lambda does with a record: comparing it, and also reading its line first. */
function throughput(): void {
  console.log(
    '\ncompareRecord: pairs a second on one core; in brackets with JSON.parse of the line and the schema before it',
  );
  for (const kb of [2, 20, 100]) {
    for (const kind of ['identical', 'same meaning', 'one change'] as const) {
      const record = recordOf(pairOf(kind, kb * 1000));
      const line = JSON.stringify(record);
      const medians = measure({
        compare: () => compareRecord(record),
        line: () => compareRecord(captureRecordSchema.parse(JSON.parse(line))),
      });
      const [compare = 0, whole = 0] = [medians.compare, medians.line];
      console.log(`${size(kb)}  ${kind.padEnd(14)} ${perSecond(compare)}  (${perSecond(whole)})`);
    }
  }
}

const PLACES = 200;
const CAPTURES = 200;

/** The cost of a capture beyond its comparison, on a route with more findings and volatile places than are kept. */
function counting(): void {
  const places = (capture: number) =>
    Array.from({ length: 25 }, (_, i) => `body/items/*/field${(capture + i * 7) % PLACES}`);
  const noises: NoiseModel[] = [];
  const routes: RouteTallies[] = [];
  for (let capture = 0; capture < CAPTURES; capture++) {
    const noisy = {
      records: 1,
      counts: Object.fromEntries(
        places(capture).map((place) => [`${place} value`, { both: 1, onlyStable: 0, onlyCandidate: 0 }]),
      ),
    };
    const findings = Object.fromEntries(places(capture).map((place) => [`breaking number-value ${place}`, 1]));
    noises.push({ '/items': noisy });
    routes.push({ '/items': { ...EMPTY_TALLY, pairs: 1, breaking: 1, findings, noisy } });
  }
  const medians = measure({
    noise: () => {
      const gathered = new GatheredNoise();
      for (const noise of noises) gathered.add(noise);
      return gathered.model;
    },
    counts: () => totalOf(routes),
  });
  console.log('\ncounting, 25 differences of 200 places each: µs a capture');
  console.log(
    `  what control answers teach ${us((medians.noise ?? 0) / CAPTURES)}  the counts of a route with it ${us((medians.counts ?? 0) / CAPTURES)}`,
  );
}

function recordOf({ stable, candidate }: Pair): CaptureRecord {
  const leg = (data: string): CaptureRecord['stable'] => ({
    outcome: 'response',
    status: 200,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Date', 'Tue, 24 Nov 2026 08:00:00 GMT'],
      ['Content-Length', String(Buffer.byteLength(data))],
    ],
    body: { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false },
    timing: { firstByteMs: 1, totalMs: 2 },
  });
  return {
    v: CAPTURE_VERSION,
    ingress: 'bench',
    requestId: 'r1',
    at: '2026-11-24T08:00:00.000Z',
    route: '/items',
    request: { method: 'GET', target: '/items' },
    primary: 'stable',
    stable: leg(stable),
    candidate: leg(candidate),
  };
}

const size = (kb: number) => (kb < 1000 ? `${kb} kB` : `${kb / 1000} MB`).padStart(7);
const us = (ms: number) => (ms * 1000).toFixed(ms < 0.01 ? 2 : 0).padStart(8);
const perSecond = (ms: number) =>
  Math.round(1000 / ms)
    .toLocaleString('en')
    .padStart(9);
