/** Synthesises a program of this package as `cdk synth` does: with the same context, into a separate folder. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Plan, planSchema } from '../../core/model/index.ts';
import { asError } from '../../input/index.ts';
import { type Assembly, loadAssembly } from '../cloud/template/index.ts';
import { ownModule } from '../machine/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Synthesis {
  readonly assembly: Assembly;
  dispose(): Promise<void>;
}

/**
 * Synthesises into a temporary folder, without the CDK's validation of the templates, which takes as long as everything
 * else; `cdk synth` and deployments include it.
 * @throws as {@link synthesiseInto}; the folder is removed
 */
export function synthesise(options: Pick<SynthesisOptions, 'plan' | 'signal'> = {}): Promise<Synthesis> {
  return synthesiseAside({ ...options, check: false });
}

/**
 * Synthesises into a temporary folder, which the disposal removes.
 * @throws as {@link synthesiseInto}; the folder is removed
 */
export async function synthesiseAside(options: SynthesisOptions): Promise<Synthesis> {
  const folder = await mkdtemp(join(tmpdir(), 'crossfade-assembly-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    return { assembly: await synthesiseInto(folder, options), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface SynthesisOptions {
  /** Path of the program. @default the application for `cdk deploy` */
  readonly program?: string;
  /** The plan that determines alarms, testers' rules and retention, like `-c plan=FILE`. @default the program's own */
  readonly plan?: Plan | undefined;
  /** Environment variables in addition to the context. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the CDK validates the templates against CloudFormation's rules. @default true */
  readonly check?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @throws the signal's reason if it aborts, and an error with the app's message if it does not synthesise */
export async function synthesiseInto(
  folder: string,
  { program = ownModule('bin', 'app'), plan, environment = {}, check = true, signal }: SynthesisOptions = {},
): Promise<Assembly> {
  const env = {
    ...process.env,
    ...cdkEnvironment(plan === undefined ? {} : { plan: await planFileIn(folder, plan) }),
    ...environment,
    CDK_OUTDIR: folder,
    ...(check ? {} : { CDK_VALIDATION: 'false' }),
  };
  const options = { cwd: ROOT, env, ...(signal === undefined ? {} : { signal }) };
  await promisify(execFile)(process.execPath, [program], options).catch((error: unknown) => {
    // Ctrl-C also reaches the app, which may end before this process is notified.
    signal?.throwIfAborted();
    throw new Error(`the stacks could not be synthesised: ${appErrorIn(error)}`, { cause: error });
  });
  return loadAssembly(folder);
}

/** The application reads its plan from a file. */
async function planFileIn(folder: string, plan: Plan): Promise<string> {
  const file = join(folder, 'crossfade-plan.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(z.encode(planSchema, plan)));
  return file;
}

/** The environment for running a CDK program: the feature flags of cdk.json, as in our applications. */
export function cdkEnvironment(own: Readonly<Record<string, string>> = {}) {
  const { context } = z
    .looseObject({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  return { CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...own }), NODE_NO_WARNINGS: '1' };
}

/** The line of a crashed Node process that describes the error. */
function appErrorIn(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return /^\w*Error\b.*$/m.exec(stderr)?.[0] ?? asError(error).message;
}
