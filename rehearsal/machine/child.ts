/** A server process of the rehearsal: started, awaited until it listens, and stopped by its own id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { compileCache } from './compile-cache.ts';

/** Reached only by a process that hangs, however busy the machine. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;
const LAST_LINES_MS = 1_000;
/**
 * Whatever else the person's environment says stays away; Yarn's Plug'n'Play finds packages by the hook that these
 * options name.
 */
const PACKAGES = process.versions.pnp === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' };
const listeningSchema = z.looseObject({ event: z.literal('listening') });

export type Listening = Readonly<Record<string, unknown>>;

export interface Child {
  readonly name: string;
  /** The line in which the process reported that it listens: ports by name. */
  readonly listening: Listening;
  port(name: string): number;
  readonly pid: number;
  kill(): void;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How long it may take to end by itself, in milliseconds. @default 3000 */
  readonly graceMs?: number;
  /** Receives the lines on stdout after the first. */
  readonly onLine?: (line: string) => void;
}

/** @throws Error that names the process if it ends or stays silent instead of listening */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, env, graceMs = STOP_TIMEOUT_MS, onLine = () => {} } = options;
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...compileCache(), ...PACKAGES, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const heard = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const listening = await firstLine(name, child, onLine);
  return {
    name,
    pid: child.pid ?? 0,
    listening,
    port: (key) => z.number().parse(listening[key]),
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
      // Its last lines may still be in the pipe, which a process that it left behind may keep open.
      await Promise.race([heard, delay(LAST_LINES_MS, undefined, { ref: false })]);
    },
  };
}

function firstLine(name: string, child: ChildProcess, onLine: (line: string) => void): Promise<Listening> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${name}: no output to read`);
  let errors = '';
  stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`${name} ${why}${errors === '' ? '' : `: ${errors.trim()}`}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    const onExit = (code: number | null) => fail(`ended with ${code} before it listened`);
    child.once('exit', onExit);
    let ready = false;
    createInterface({ input: stdout }).on('line', (line) => {
      if (ready) return onLine(line);
      const parsed = listeningSchema.safeParse(parseLine(line));
      if (!parsed.success) return;
      ready = true;
      clearTimeout(timer);
      child.off('exit', onExit);
      resolve(parsed.data);
    });
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
