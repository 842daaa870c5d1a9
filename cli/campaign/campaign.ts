/** `crossfade campaign`: starts a campaign, shows its table, and resumes one that has died. */
import { Command } from 'commander';
import {
  budgetProblems,
  campaignIn,
  campaignServices,
  executionOf,
  isAccepted,
  isUnderWay,
  type ServiceState,
} from '../../core/campaign/index.ts';
import { wallClock } from '../../lambdas/zones/index.ts';
import { problemLines, readPlanOrCampaign } from '../run/index.ts';
import {
  attempt,
  attemptSending,
  EXIT,
  NOTHING_CHANGED,
  personText,
  plain,
  plainJson,
  quantity,
  readDocumentFile,
  say,
  type Terminal,
  UsageError,
} from '../shared/index.ts';
import type { CampaignRun, Campaigns } from './executions.ts';

interface Options {
  readonly json?: boolean;
}

export function campaignCommand(terminal: Terminal): Command {
  return new Command('campaign')
    .description('start a campaign, show the state of each service, stop it, or resume one that was stopped or died')
    .addCommand(startCampaign(terminal))
    .addCommand(campaignStatus(terminal))
    .addCommand(stopCampaign(terminal))
    .addCommand(resumeCampaign(terminal));
}

function startCampaign(terminal: Terminal): Command {
  return new Command('start')
    .description('check a campaign and start it; prints its name')
    .argument('<file>', 'campaign (JSON or YAML)')
    .action(async (file: string) => {
      const read = readPlanOrCampaign('file', file);
      if (!('campaign' in read)) throw new UsageError(`file: ${file} is a plan; start it with \`crossfade start\``);
      const problems = budgetProblems(read.campaign);
      if (problems.length > 0) throw new UsageError(problemLines(problems));
      const { name } = read.campaign;
      const written = readDocumentFile('file', file);
      const lost = {
        state: `The campaign ${name} may have been started: the answer was lost.`,
        next: 'run the same command again; the same name starts nothing twice.',
      };
      const isNew = await attemptSending({ lost }, async (sending) => {
        const campaigns = await openCampaigns();
        sending();
        return campaigns.start(executionOf(name, 1), { campaign: written });
      });
      if (!isNew)
        throw new UsageError(
          `name: a campaign "${name}" was started before; \`crossfade campaign status ${name}\` shows it`,
        );
      say(terminal.out, name);
      say(terminal.err, `Started. Follow it with \`crossfade campaign status ${name}\`.`);
    });
}

function campaignStatus(terminal: Terminal): Command {
  return new Command('status')
    .description('show the state of each service of a campaign; exit code 1 when the campaign has failed or died')
    .argument('<name>', 'name of the campaign')
    .option('--json', 'print JSON: execution, status (in Step Functions) and state (of the waves and services)')
    .action(async (name: string, options: Options) => {
      const run = await newest(name);
      say(terminal.out, options.json === true ? plainJson(run, 2) : plain(table(name, run)));
      terminal.exit(run.status === 'RUNNING' || run.status === 'SUCCEEDED' ? EXIT.ok : EXIT.failed);
    });
}

function stopCampaign(terminal: Terminal): Command {
  return new Command('stop')
    .description('start no further cutover of a campaign; those under way continue under their own gates and alarms')
    .argument('<name>', 'name of the campaign')
    .requiredOption('--reason <text>', 'why (recorded in the execution)')
    .action(async (name: string, { reason }: { readonly reason: string }) => {
      const run = await newest(name);
      if (run.status !== 'RUNNING') throw new UsageError(`name: campaign "${name}" is not running (${run.execution})`);
      const next = 'run the same command again.';
      const lost = { state: `The campaign ${name} may go on: its stop was not confirmed.`, next };
      await attemptSending({ unsent: { ...NOTHING_CHANGED, next }, lost }, async (sending) => {
        const campaigns = await openCampaigns();
        sending();
        return campaigns.stop(run.execution, personText(reason));
      });
      const moving = Object.values(run.state.states ?? {}).filter(isUnderWay).length;
      say(
        terminal.out,
        `Stopped ${run.execution}. No further cutover starts, except one that an evaluation may be starting at this moment. ${moving} under way continue; if one of them rolls back, the others still continue.`,
      );
      say(
        terminal.err,
        `Next: \`crossfade campaign resume ${name}\` continues it; \`crossfade rollback --ingress ID\` returns one service to stable.`,
      );
    });
}

function resumeCampaign(terminal: Terminal): Command {
  return new Command('resume')
    .description(
      'continue a campaign that was stopped, or whose execution died; cutovers that it started are not started again',
    )
    .argument('<name>', 'name of the campaign')
    .action(async (name: string) => {
      const run = await newest(name);
      if (run.status === 'RUNNING') throw new UsageError(`name: campaign "${name}" is running (${run.execution})`);
      if (run.state.next === 'completed' || run.state.next === 'failed')
        throw new UsageError(`name: campaign "${name}" has ended: ${run.state.message}`);
      const part = run.state.part + 1;
      const { campaign, memory } = run.state;
      // Its earlier states are dropped, so every service is read again.
      const input = { campaign, memory, accepted: isAccepted(run.state), part };
      const lost = {
        state: `The campaign ${name} may have been resumed: the answer was lost.`,
        next: `read \`crossfade campaign status ${name}\`; if it is not running, run the same command again.`,
      };
      await attemptSending({ lost }, async (sending) => {
        const campaigns = await openCampaigns();
        sending();
        return campaigns.start(executionOf(name, part), input);
      });
      say(terminal.out, executionOf(name, part));
    });
}

/** Uses the caller's credentials and region. The SDK loads slowly, so it is loaded only when needed. */
async function openCampaigns(): Promise<Campaigns> {
  const { openAwsCampaigns } = await import('./aws-campaigns.ts');
  return openAwsCampaigns();
}

async function newest(name: string): Promise<CampaignRun> {
  const run = await attempt(
    () => NOTHING_CHANGED,
    async () => (await openCampaigns()).newest(name),
  );
  if (run === null) throw new UsageError(`name: no campaign "${name}" was started in this account and region`);
  return run;
}

function table(name: string, { status, execution, state }: CampaignRun): string {
  const read = campaignIn(state, wallClock);
  if ('problems' in read) return `Campaign ${name} was refused (${execution}):\n${problemLines(read.problems)}`;
  const states = state.states ?? {};
  const rows = read.campaign.waves.flatMap((wave) =>
    wave.services.map((service) =>
      [
        wave.name.padEnd(20),
        service.name.padEnd(24),
        service.account.padEnd(12),
        service.region.padEnd(15),
        stateText(states[service.name]),
      ].join('  '),
    ),
  );
  const moving = Object.values(states).filter(isUnderWay).length;
  return [
    `Campaign ${name}: ${status} (${execution}). ${quantity(campaignServices(read.campaign).length, 'service')}, ${moving} under way. ${state.message}`,
    ['wave'.padEnd(20), 'service'.padEnd(24), 'account'.padEnd(12), 'region'.padEnd(15), 'state'].join('  '),
    ...rows,
  ].join('\n');
}

function stateText(state: ServiceState | undefined): string {
  switch (state?.at) {
    case undefined:
      return 'waiting';
    case 'running':
      return `under way: ${state.phase}${state.paused ? ', paused' : ''}`;
    case 'waiting':
    case 'completed':
      return state.at;
    case 'returning':
    case 'returned':
    case 'refused':
    case 'unknown':
      return `${state.at}: ${state.reason}`;
  }
}
