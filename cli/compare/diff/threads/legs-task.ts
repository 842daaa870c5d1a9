/**
 * Reads one side's answers, one per line, and sorts them by the hash of their key, so that matching answers meet in one
 * partition.
 */
import { createHash } from 'node:crypto';
import { eachLine } from '../../../../capture/index.ts';
import { wordIssue } from '../../../../input/index.ts';
import { addUnreadable, emptySummary, NO_NOISE } from '../../../../parity/tally/index.ts';
import {
  firstProblem,
  harEntrySchema,
  isOtherProtocol,
  type LegLine,
  legLineOf,
  legLineSchema,
  parseLine,
  urlKey,
} from '../../inputs/index.ts';
import type { LegsTask, TaskResult } from './tasks.ts';

export function partitionLegs(task: LegsTask, partitions: number): TaskResult {
  const summary = emptySummary();
  const lines: string[][] = Array.from({ length: partitions }, () => []);
  const { source } = task;
  const refuse = (line: number, reason: string) => addUnreadable(summary, { source, line }, reason);
  eachLine(
    task,
    (text, line) => {
      const leg = task.format === 'leg' ? readLeg(text) : readHarEntry(text);
      if (leg === null) return;
      if (typeof leg === 'string') return refuse(line, leg);
      lines[partitionOf(urlKey(leg), partitions)]?.push(`${source} ${line} ${JSON.stringify(leg)}\n`);
    },
    refuse,
  );
  return { summary, noise: NO_NOISE, partitions: lines.map((part) => new Uint8Array(Buffer.from(part.join('')))) };
}

/** The answer, or why there is none; null if a HAR contains something else there. */
function readLeg(text: string): LegLine | string {
  const parsed = legLineSchema.safeParse(parseLine(text), { error: wordIssue });
  return parsed.success ? parsed.data : firstProblem(parsed.error, text);
}

function readHarEntry(text: string): LegLine | string | null {
  const entry = parseLine(text);
  if (isOtherProtocol(entry)) return null;
  const parsed = harEntrySchema.safeParse(entry, { error: wordIssue });
  return parsed.success ? legLineOf(parsed.data) : firstProblem(parsed.error, text);
}

function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : createHash('sha1').update(key).digest().readUInt32BE() % partitions;
}
