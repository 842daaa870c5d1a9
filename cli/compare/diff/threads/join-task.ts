/** Joins one partition of two logs: answers to the same method and URL are paired and compared. */
import { readFileSync } from 'node:fs';
import { CAPTURE_VERSION, type CaptureRecord } from '../../../../capture/format/index.ts';
import { routeOf } from '../../../../http/index.ts';
import type { Compare } from '../../../../parity/compare/index.ts';
import {
  addCapture,
  addUnpaired,
  byPosition,
  emptySummary,
  GatheredNoise,
  noiseOf,
  type Position,
  type Summary,
} from '../../../../parity/tally/index.ts';
import type { Side } from '../../../../sides/index.ts';
import { type LegLine, legLineSchema, legNameOf, urlKey } from '../../inputs/index.ts';
import { hostOf, pairLegs } from './pair-legs.ts';
import type { JoinTask, PartitionContent, TaskResult } from './tasks.ts';

interface Placed {
  readonly at: Position;
  readonly line: LegLine;
}

export interface Joining {
  readonly routes: readonly string[];
  readonly pairBy: readonly string[];
}

/** @param learn whether to look for noise, using the control log */
export function joinPartition(
  { stable, candidate, control }: JoinTask,
  { routes, pairBy }: Joining,
  compare: Compare,
  learn: boolean,
): TaskResult {
  const summary = emptySummary();
  const [left, right, again] = [byUrl(stable), byUrl(candidate), byUrl(control)];
  const noise = new GatheredNoise();
  for (const url of new Set([...left.keys(), ...right.keys()])) {
    const ours = left.get(url) ?? [];
    const paired = pairLegs(ours, right.get(url) ?? [], pairBy);
    const controls = new Map(
      pairLegs(ours, again.get(url) ?? [], pairBy).pairs.map((pair) => [pair.stable, pair.candidate]),
    );
    for (const pair of paired.pairs) {
      const record = pairOf(pair.stable, pair.candidate, controls.get(pair.stable), routes);
      if (pair.byOrder) summary.byOrder++;
      const comparison = compare(record);
      addCapture(summary, record, comparison, pair.stable.at);
      if (learn && record.noise !== undefined) noise.add(noiseOf(record, compare, comparison));
    }
    for (const answer of paired.onlyStable) unpaired(summary, 'stable', answer, routes);
    for (const answer of paired.onlyCandidate) unpaired(summary, 'candidate', answer, routes);
  }
  return { summary, noise: noise.model, partitions: [] };
}

function byUrl(content: PartitionContent): Map<string, Placed[]> {
  const groups = Map.groupBy(read(content), ({ line }) => urlKey(line));
  for (const answers of groups.values()) answers.sort(byPosition);
  return groups;
}

/** Reads what the pool's own threads wrote: `source line JSON`. */
function* read({ file, rest }: PartitionContent): Generator<Placed> {
  const text = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
  for (const part of [file === null ? '' : readFileSync(file, 'utf8'), text(rest)]) {
    for (const written of part.split('\n')) {
      if (written === '') continue;
      const [source = '', number = ''] = written.split(' ', 2);
      const line = legLineSchema.parse(JSON.parse(written.slice(source.length + number.length + 2)));
      yield { at: { source: Number(source), line: Number(number) }, line };
    }
  }
}

function pairOf(
  { line: stable }: Placed,
  { line: candidate }: Placed,
  control: Placed | undefined,
  routes: readonly string[],
): CaptureRecord {
  const hosts = { stable: hostOf(stable), candidate: hostOf(candidate) };
  const differ = hosts.stable !== hosts.candidate && hosts.stable !== '' && hosts.candidate !== '';
  return {
    v: CAPTURE_VERSION,
    ingress: 'logs',
    requestId: legNameOf(stable).text,
    at: stable.at,
    route: routeName(stable, routes),
    request: stable.request,
    primary: 'stable',
    ...(differ ? { hosts } : {}),
    stable: stable.leg,
    candidate: candidate.leg,
    ...(control === undefined ? {} : { noise: control.line.leg }),
  };
}

function unpaired(summary: Summary, side: Side, { at, line }: Placed, routes: readonly string[]): void {
  addUnpaired(summary, side, { at, requestId: legNameOf(line).text, route: routeName(line, routes) });
}

/** The same name as in the mirror. */
function routeName({ route, request }: LegLine, routes: readonly string[]): string {
  return route ?? `${request.method} ${routeOf(request.target, routes)}`;
}
