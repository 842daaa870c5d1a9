/** `crossfade start`: checks a plan, shows what it will do, asks for confirmation, and starts the execution. */
import { Command } from 'commander';
import * as z from 'zod';
import { cutoverIdSchema, planSchema } from '../../core/model/index.ts';
import { project } from '../../core/phases/index.ts';
import {
  type DeployedOptions,
  deployed,
  nameOption,
  readPlan,
  startExecution,
  stateMachineArn,
  timelineText,
  typedId,
  withDeployed,
} from '../run/index.ts';
import { attemptSending, confirmed, EXIT, type Left, number, say, type Terminal, UsageError } from '../shared/index.ts';
import { callerArn } from './caller.ts';

interface Options extends DeployedOptions {
  readonly name: string;
  readonly rps: string;
  readonly yes?: boolean;
}

export function startCommand(terminal: Terminal): Command {
  return withDeployed(new Command('start'))
    .description('check a plan, show its timeline, ask, and start the cutover; prints its id')
    .argument('[plan]', 'plan (JSON); default: the default plan')
    .addOption(nameOption('cutover', 'id of the cutover'))
    .option('--rps <n>', 'requests per second at the ingress, for the timeline', '100')
    .option('--yes', 'do not ask')
    .action(async (file: string | undefined, options: Options) => {
      typedId(cutoverIdSchema, '--name:', options.name);
      const rps = number('--rps', options.rps, 1e-6, 1e9);
      const plan = readPlan('plan', file);
      const projection = project(plan, { rps, errorRate: 0.001, slowRate: 0.001 });
      if (projection.problems.length > 0)
        throw new UsageError(projection.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
      say(terminal.err, timelineText(projection, rps));
      const lost = maybeStarted(options.name);
      const answered = await attemptSending({ lost }, async (sending) => {
        const deployment = await deployed(options);
        const machine = stateMachineArn(deployment);
        const startedBy = await callerArn();
        say(terminal.err, `\nStarts ${options.name} on ingress ${deployment.ingressId} as ${startedBy}.`);
        if (options.yes !== true && !(await confirmed(terminal, 'Start it?'))) return false;
        await startExecution(machine, options.name, { plan: z.encode(planSchema, plan), startedBy }, sending);
        return true;
      });
      if (!answered) {
        say(terminal.err, 'Not started: nothing was changed. Answer yes, or pass --yes.');
        terminal.exit(EXIT.failed);
        return;
      }
      say(terminal.out, options.name);
      say(terminal.err, `Started. Preflight may still refuse it; follow it with \`crossfade watch ${options.name}\`.`);
    });
}

function maybeStarted(name: string): Left {
  return {
    state: `The cutover ${name} may have been started: the answer was lost.`,
    next: 'read `crossfade status`; the same name cannot start a second run, so it may be tried again.',
  };
}
