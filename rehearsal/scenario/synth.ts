/** Synthesises the app as `cdk synth` does: the same program, the same context, into a folder of its own. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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

/** @throws the app's own error when it does not synthesise. */
export async function synthesise(): Promise<Synthesis> {
  const { context } = z
    .looseObject({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8')));
  const outdir = await mkdtemp(join(tmpdir(), 'crossfade-assembly-'));
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), NODE_NO_WARNINGS: '1' };
  await promisify(execFile)(process.execPath, [ownModule('bin', 'app')], { cwd: ROOT, env });
  return { assembly: loadAssembly(outdir), dispose: () => rm(outdir, { recursive: true, force: true }) };
}
