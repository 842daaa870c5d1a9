/**
 * `crossfade replay`: decides a decision log again, under its own plan or another, and shows what that would have
 * changed.
 */
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { cutAtLines, eachLine, tooLong } from '../../capture/index.ts';
import {
  DecisionLogError,
  type DecisionLogHeader,
  type Plan,
  parseEntry,
  parseHeader,
} from '../../core/model/index.ts';
import { Replay, type ReplayedLook } from '../../core/phases/index.ts';
import { EXIT, plainJson, say, type Terminal, UsageError, unusableFile } from '../shared/index.ts';
import { readPlan } from './read-plan.ts';
import { type Replayed, replayText } from './replay-text.ts';

interface Options {
  readonly plan?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function replayCommand(terminal: Terminal): Command {
  return new Command('replay')
    .description('replay the decisions of a cutover from its log (`crossfade export`), under its own plan or another')
    .argument('<log>', 'decision log (NDJSON)')
    .option(
      '--plan <file>',
      'plan (JSON) to replay under; default: the recorded plan, which must give the recorded decisions',
    )
    .option('--all', 'show every evaluation, not only those that end a phase or change')
    .option('--json', 'print JSON: header, looks (each evaluation, recorded and replayed) and summary')
    .action(async (log: string, options: Options) => {
      const plan = options.plan === undefined ? null : readPlan('--plan', options.plan);
      const replayed = await replayFile(log, plan);
      say(
        terminal.out,
        options.json === true ? plainJson(replayed, 2) : replayText(replayed, plan, options.all === true),
      );
      const { changed, differing, refused } = replayed.summary;
      terminal.exit(changed > 0 || refused.length > 0 || (plan === null && differing > 0) ? EXIT.failed : EXIT.ok);
    });
}

/** Reads line by line. @throws UsageError that names the file, the line and the field */
async function replayFile(file: string, plan: Plan | null): Promise<Replayed> {
  const looks: ReplayedLook[] = [];
  const replay = new Replay(plan);
  const headers: DecisionLogHeader[] = [];
  const refuse = (line: number, problem: string): never => {
    throw new UsageError(`log: ${file}, line ${line} ${problem}`);
  };
  try {
    for await (const piece of cutAtLines(createReadStream(file))) {
      if ('tooLong' in piece) refuse(piece.tooLong, `is ${tooLong()}`);
      else
        eachLine(
          piece,
          (text, line) => {
            if (headers.length === 0) headers.push(parseHeader(text));
            else {
              const look = replay.add(parseEntry(text, line), line);
              if (look !== null) looks.push(look);
            }
          },
          (line, reason) => refuse(line, `is ${reason}`),
        );
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof DecisionLogError) throw new UsageError(`log: ${file}, ${error.message}`);
    throw unusableFile('log', file, error);
  }
  const [header] = headers;
  if (header === undefined) throw new UsageError(`log: ${file} is empty`);
  if (looks.length === 0)
    throw new UsageError(`log: ${file} has no evaluation: the cutover was refused, or ended before its first one`);
  return { header, looks, summary: replay.summary() };
}
