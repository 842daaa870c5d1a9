/** The local cloud as an account: the same program synthesised, its templates made real on this machine. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plan } from '../../core/model/index.ts';
import type { LocalAcceptance } from '../../rehearsal/acceptance/index.ts';
import { type Assembly, loadAssembly } from '../../rehearsal/cloud/template/index.ts';
import type { AcceptanceAccount } from './account.ts';
import { acceptanceEnvironment, PROGRAM } from './program.ts';

interface Synthesised {
  readonly assembly: Assembly;
  /** Its functions' bundles are read for as long as the stack stands. */
  dispose(): Promise<void>;
}

/** The program's assembly for these. */
export type Synthesise = (
  id: string,
  plan: Plan,
  paths: readonly string[],
  signal: AbortSignal,
) => Promise<Synthesised>;

export function localAcceptanceAccount(
  local: LocalAcceptance,
  synthesise: Synthesise = synthesiseProgram,
): AcceptanceAccount {
  return {
    where: 'the local cloud',
    speed: local.speed,
    remains: async () => local.ids,
    async deploy(id, plan, paths, signal) {
      const { assembly, dispose } = await synthesise(id, plan, paths, signal);
      if (!local.ids.includes(id)) return local.create(id, assembly, dispose);
      try {
        await local.update(id, assembly);
      } finally {
        await dispose();
      }
    },
    async site(id) {
      const { Url, QueueUrl, ParityStream } = local.outputs(id);
      return {
        url: Url,
        queueUrl: QueueUrl,
        stream: ParityStream,
        environment: local.environment(id),
        now: () => local.now(id),
      };
    },
    async remove(id) {
      await local.delete(id);
      return local.ids.includes(id) ? [id] : [];
    },
  };
}

/** Into a folder of its own, which its disposal removes. */
export async function synthesiseProgram(
  id: string,
  plan: Plan,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Synthesised> {
  const folder = await mkdtemp(join(tmpdir(), 'crossfade-acceptance-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const env = { ...process.env, ...acceptanceEnvironment(id, plan, paths), CDK_OUTDIR: folder };
    await promisify(execFile)(process.execPath, [PROGRAM], { env, signal });
    return { assembly: loadAssembly(folder), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
