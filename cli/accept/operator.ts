/** The operator of an acceptance: runs the package's commands as separate processes, as a person would. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { ownModule } from '../../rehearsal/machine/index.ts';
import type { AcceptanceSite } from './account.ts';

const CLI = ownModule('bin', 'crossfade');
/** Real time that is added to every limit: each command is a process that takes seconds to start on a busy machine. */
const SLACK_SECONDS = 60;

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A step that failed; the message is recorded. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

const statusSchema = z.looseObject({
  item: z
    .looseObject({
      status: z.string(),
      phase: z.string(),
      intent: z.looseObject({ split: z.looseObject({ candidatePercent: z.number() }) }),
      rollback: z
        .looseObject({ trigger: z.string(), reason: z.string(), verifiedAt: z.string().nullable() })
        .nullable(),
    })
    .nullable(),
  drift: z.boolean(),
  live: z.unknown(),
});
export type Status = z.infer<typeof statusSchema>;

export class Operator {
  readonly #id: string;
  readonly #site: AcceptanceSite;
  readonly #speed: number;
  readonly #signal: AbortSignal;

  constructor(id: string, site: AcceptanceSite, speed: number, signal: AbortSignal) {
    this.#id = id;
    this.#site = site;
    this.#speed = speed;
    this.#signal = signal;
  }

  /** @throws the signal's reason */
  async run(...args: readonly string[]): Promise<Said> {
    this.#signal.throwIfAborted();
    const env = { ...process.env, ...this.#site.environment };
    const said = await new Promise<Said>((resolve) => {
      execFile(
        process.execPath,
        [CLI, ...args, '--ingress', this.#id],
        { env, signal: this.#signal, maxBuffer: 1 << 26 },
        (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 3, stdout, stderr }),
      );
    });
    this.#signal.throwIfAborted();
    return said;
  }

  /** @throws StepFailed unless the command succeeds */
  async must(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0)
      throw new StepFailed(`crossfade ${args.join(' ')} ended with ${code}: ${lastLines(`${stdout}\n${stderr}`)}`);
    return stdout;
  }

  async status(): Promise<Status> {
    const { stdout, stderr } = await this.run('status', '--json');
    if (stdout === '') throw new StepFailed(`crossfade status: ${lastLines(stderr)}`);
    return statusSchema.parse(JSON.parse(stdout));
  }

  /** Waits for a state of the run. @param minutes of the account's time */
  async wait(run: string, place: 'complete' | 'rolled-back' | 'sign-off', minutes: number): Promise<void> {
    const seconds = Math.ceil((minutes * 60) / this.#speed) + SLACK_SECONDS;
    await this.must(
      'wait',
      run,
      '--for',
      place,
      '--timeout',
      `PT${seconds}S`,
      '--poll',
      String(5 / Math.min(this.#speed, 10)),
    );
  }

  /** Sleeps for seconds of the account's time. */
  async sleep(seconds: number): Promise<void> {
    await delay((seconds * 1_000) / this.#speed, undefined, { signal: this.#signal });
  }

  /** Repeats until it holds. @param minutes of the account's time @throws StepFailed */
  async until(what: string, minutes: number, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + (minutes * 60_000) / this.#speed + SLACK_SECONDS * 1_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new StepFailed(`${what}: not within ${minutes} minutes`);
      await this.sleep(10);
    }
  }
}

/** The lines in which a command says what happened, before its advice. */
function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ');
}
