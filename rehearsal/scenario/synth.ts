/** Synthesises a program of this package as `cdk synth` does: with the same context, into a folder of its own. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Assembly, loadAssembly } from '../cloud/template/index.ts';
import { ownModule } from '../machine/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Synthesis {
  readonly assembly: Assembly;
  dispose(): Promise<void>;
}

/**
 * Into a temporary folder, without the CDK's check of the templates, which takes as long as all the rest: `cdk synth` makes it, and
 * whatever deploys. @throws as {@link synthesiseInto}; the folder is removed
 */
export function synthesise(signal?: AbortSignal): Promise<Synthesis> {
  return synthesiseAside({ check: false, signal });
}

/** Into a temporary folder, which the disposal removes. @throws as {@link synthesiseInto}; the folder is removed */
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
  /** Path of the program. @default the application that `cdk deploy` deploys */
  readonly program?: string;
  /** What it is told beside the context. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the CDK checks the templates against CloudFormation's rules. @default true */
  readonly check?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** @throws the signal's reason when that aborts, and an error with the app's own words when it does not synthesise */
export async function synthesiseInto(
  folder: string,
  { program = ownModule('bin', 'app'), environment = {}, check = true, signal }: SynthesisOptions = {},
): Promise<Assembly> {
  const env = {
    ...process.env,
    ...cdkEnvironment(),
    ...environment,
    CDK_OUTDIR: folder,
    ...(check ? {} : { CDK_VALIDATION: 'false' }),
  };
  const options = { cwd: ROOT, env, ...(signal === undefined ? {} : { signal }) };
  await promisify(execFile)(process.execPath, [program], options).catch((error: unknown) => {
    // Ctrl-C reaches the app as well, which may end before this process hears of it.
    signal?.throwIfAborted();
    throw new Error(`the stacks could not be synthesised: ${appErrorIn(error)}`, { cause: error });
  });
  return loadAssembly(folder);
}

/** What a program of the CDK needs from whoever runs it: the feature flags of cdk.json, as our applications have them. */
export function cdkEnvironment() {
  const { context } = z
    .looseObject({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  return { CDK_CONTEXT_JSON: JSON.stringify(context), NODE_NO_WARNINGS: '1' };
}

/** The line of a crashed Node process that says what is wrong. */
function appErrorIn(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return /^\w*Error\b.*$/m.exec(stderr)?.[0] ?? (error instanceof Error ? error.message : String(error));
}
