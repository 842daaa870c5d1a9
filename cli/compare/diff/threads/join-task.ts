/** One partition of two logs: answers of one method and URL on both sides become pairs, and are compared. */
import { readFileSync } from 'node:fs';
import { CAPTURE_VERSION, type CaptureRecord } from '../../../../capture/format/index.ts';
import { routeOf } from '../../../../http/index.ts';
import type { Compare } from '../../../../parity/compare/index.ts';
import {
  addPair,
  addUnpaired,
  byPosition,
  emptySummary,
  NO_NOISE,
  type Position,
  type Summary,
} from '../../../../parity/tally/index.ts';
import { type LegLine, legLineSchema, legNameOf, urlKey } from '../../inputs/index.ts';
import { hostOf, pairLegs } from './pair-legs.ts';
import type { JoinTask, LogSide, PartitionContent, TaskResult } from './tasks.ts';

interface Placed {
  readonly at: Position;
  readonly line: LegLine;
}

export function joinPartition(
  { stable, candidate }: JoinTask,
  routes: readonly string[],
  compare: Compare,
): TaskResult {
  const summary = emptySummary();
  const [left, right] = [byUrl(stable), byUrl(candidate)];
  for (const url of new Set([...left.keys(), ...right.keys()])) {
    const paired = pairLegs(left.get(url) ?? [], right.get(url) ?? []);
    for (const { stable: ours, candidate: theirs, byOrder } of paired.pairs) {
      const record = pairOf(ours, theirs, routes);
      if (byOrder) summary.byOrder++;
      addPair(summary, record, compare(record), ours.at);
    }
    for (const answer of paired.onlyStable) unpaired(summary, 'stable', answer, routes);
    for (const answer of paired.onlyCandidate) unpaired(summary, 'candidate', answer, routes);
  }
  return { summary, noise: NO_NOISE, partitions: [] };
}

function byUrl(content: PartitionContent): Map<string, Placed[]> {
  const groups = Map.groupBy(read(content), ({ line }) => urlKey(line));
  for (const answers of groups.values()) answers.sort(byPosition);
  return groups;
}

/** What the pool's own threads wrote: `source line JSON`. */
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

function pairOf({ line: stable }: Placed, { line: candidate }: Placed, routes: readonly string[]): CaptureRecord {
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
  };
}

function unpaired(summary: Summary, side: LogSide, { at, line }: Placed, routes: readonly string[]): void {
  addUnpaired(summary, side, { at, requestId: legNameOf(line).text, route: routeName(line, routes) });
}

/** As the mirror names them. */
function routeName({ route, request }: LegLine, routes: readonly string[]): string {
  return route ?? `${request.method} ${routeOf(request.target, routes)}`;
}
