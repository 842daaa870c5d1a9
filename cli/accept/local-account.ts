/** The local cloud as an account: the same program is synthesised, and its templates are realised on this machine. */
import type { Plan } from '../../core/model/index.ts';
import type { LocalAcceptance } from '../../rehearsal/acceptance/index.ts';
import { type Synthesis, synthesiseAside } from '../../rehearsal/scenario/index.ts';
import type { AcceptanceAccount } from './account.ts';
import { acceptanceEnvironment, PROGRAM } from './program.ts';

/**
 * Synthesises the program with these parameters. The bundles of its functions are read for as long as the stack exists.
 */
export type Synthesise = (id: string, plan: Plan, paths: readonly string[], signal: AbortSignal) => Promise<Synthesis>;

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

const synthesiseProgram: Synthesise = (id, plan, paths, signal) =>
  synthesiseAside({ program: PROGRAM, environment: acceptanceEnvironment(id, plan, paths), signal });
