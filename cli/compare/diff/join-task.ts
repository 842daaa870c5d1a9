/** One partition of two logs: the k-th answer of a key on one side meets the k-th of the same key on the other. */
import { readFileSync } from 'node:fs';
import { CAPTURE_VERSION, type CaptureRecord } from '../../../capture/format/index.ts';
import { routeOf } from '../../../http/index.ts';
import type { Compare } from '../../../parity/compare/index.ts';
import {
  addPair,
  addUnpaired,
  byPosition,
  emptySummary,
  NO_NOISE,
  type Position,
  type Summary,
} from '../../../parity/tally/index.ts';
import { type CorrelationKey, correlationKey, type LegLine, legLineSchema } from './leg-log.ts';
import type { JoinTask, LogSide, PartitionContent, TaskResult } from './tasks.ts';

interface Placed {
  readonly at: Position;
  readonly key: CorrelationKey;
  readonly line: LegLine;
}

export function joinPartition(
  { stable, candidate }: JoinTask,
  routes: readonly string[],
  compare: Compare,
): TaskResult {
  const summary = emptySummary();
  const [left, right] = [group(stable), group(candidate)];
  for (const [key, answers] of left) {
    const theirs = right.get(key) ?? [];
    right.delete(key);
    for (const [i, answer] of answers.entries()) {
      const other = theirs[i];
      if (other === undefined) {
        unpaired(summary, 'stable', answer, routes);
        continue;
      }
      const record = pairOf(answer, other, routes);
      if (answer.key.by === 'url') summary.byOrder++;
      addPair(summary, record, compare(record), answer.at);
    }
    for (const answer of theirs.slice(answers.length)) unpaired(summary, 'candidate', answer, routes);
  }
  for (const answer of [...right.values()].flat()) unpaired(summary, 'candidate', answer, routes);
  return { summary, noise: NO_NOISE, partitions: [] };
}

function group(content: PartitionContent): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const placed of read(content)) {
    const key = `${placed.key.by} ${placed.key.text}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [placed]);
    else group.push(placed);
  }
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
      yield { at: { source: Number(source), line: Number(number) }, key: correlationKey(line), line };
    }
  }
}

function pairOf({ key, line: stable }: Placed, { line: candidate }: Placed, routes: readonly string[]): CaptureRecord {
  return {
    v: CAPTURE_VERSION,
    ingress: 'logs',
    requestId: key.text,
    at: stable.at,
    route: routeName(stable, routes),
    request: stable.request,
    primary: 'stable',
    stable: stable.leg,
    candidate: candidate.leg,
  };
}

function unpaired(summary: Summary, side: LogSide, { at, key, line }: Placed, routes: readonly string[]): void {
  addUnpaired(summary, side, { at, requestId: key.text, route: routeName(line, routes) });
}

/** As the mirror names them. */
function routeName({ route, request }: LegLine, routes: readonly string[]): string {
  return route ?? `${request.method} ${routeOf(request.target, routes)}`;
}
