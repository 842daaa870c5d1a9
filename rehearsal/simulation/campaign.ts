/**
 * A whole campaign on one simulated clock: its own machine and handler for as many ingresses as it has services, each
 * with its own machine and handlers.
 */
import type { CampaignPorts, RunStatus, ServicePorts, WallClock } from '../../core/campaign/index.ts';
import { asError } from '../../input/index.ts';
import { makeHandler } from '../../lambdas/campaign.ts';
import type { MachineDefinition, Program } from './definition.ts';
import type { SimulatedIngress } from './ingress.ts';
import { type Execution, SimulatedMachine, TaskFailure } from './interpreter.ts';
import type { SimulatedEvent, SiteName } from './scenario/index.ts';
import { type Inside, type Outcome, simulate } from './simulation.ts';

export interface CampaignRehearsalOptions {
  /** The machine of each service. */
  readonly cutover: Program;
  /** The machine of the campaign. */
  readonly machine: MachineDefinition;
  /** As written; each service is the ingress with its name, which is one letter. */
  readonly campaign: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly sites: readonly SiteName[];
  readonly wallClock: WallClock;
  readonly seed?: number;
  readonly items?: readonly SimulatedEvent[];
  /**
   * The campaign's execution is stopped at this second, as if it had died, and continues under another name a while
   * later.
   */
  readonly dies?: { readonly at: number; readonly for: number };
}

export interface CampaignRehearsal extends Outcome {
  /** Executions of the campaign, in order. */
  readonly campaigns: readonly Pick<Execution, 'name' | 'status' | 'cause'>[];
  /**
   * For each service: names of its executions, how its lease ended, and the seconds at which it was fenced and safe.
   */
  readonly services: ReadonlyMap<SiteName, RehearsedService>;
}

export interface RehearsedService {
  readonly runs: readonly string[];
  readonly status: string | null;
  readonly pausedAt: string | null;
  readonly safeAt: string | null;
  readonly startedAt: number | null;
}

export async function rehearseCampaign(options: CampaignRehearsalOptions): Promise<CampaignRehearsal> {
  const { cutover, machine, campaign, sites, wallClock, seed = 1, items = [], dies } = options;
  const found: { inside: Inside | null; parent: SimulatedMachine | null } = { inside: null, parent: null };
  const outcome = await simulate(
    cutover,
    { seed, items: [...items] },
    {
      sites,
      beside: (inside) => {
        const parent = campaignMachine(machine, inside, wallClock);
        Object.assign(found, { inside, parent });
        const first = parent.start(campaign.name, { campaign });
        if (dies !== undefined)
          inside.timeline.after(dies.at * 1000, () => {
            parent.stop(first?.arn ?? '', 'Died', 'as if its region had');
            inside.timeline.after(dies.for * 1000, () => parent.start(`${campaign.name}_resumed`, { campaign }));
          });
        const until = dies === undefined ? 0 : inside.timeline.now() + (dies.at + dies.for) * 1000;
        return () =>
          inside.timeline.now() <= until || [...parent.executions.values()].some(({ status }) => status === 'RUNNING');
      },
    },
  );
  const { inside, parent } = found;
  if (inside === null || parent === null) throw new Error('the simulation has not begun');
  return {
    ...outcome,
    campaigns: [...parent.executions.values()].map(({ name, status, cause }) => ({ name, status, cause })),
    services: new Map([...inside.ingresses].map(([name, ingress]) => [name, rehearsed(ingress)])),
  };
}

function campaignMachine(definition: MachineDefinition, inside: Inside, wallClock: WallClock): SimulatedMachine {
  const { timeline, journal } = inside;
  const ports: CampaignPorts = { at: async (_campaign, { ingress }) => portsOfService(inside, ingress) };
  const handler = makeHandler({
    ports,
    clock: { now: () => timeline.now(), sleep: (ms) => timeline.sleep(ms) },
    wallClock,
    continueAs: async (execution, input) => void machine.start(execution, input),
    log: (line) => journal.note(`campaign: ${line}`),
  });
  const machine = new SimulatedMachine(definition, 'arn:execution:campaign', {
    now: () => timeline.now(),
    sleep: (ms) => timeline.sleep(ms),
    invoke: async (_function, event) => {
      try {
        return JSON.parse(JSON.stringify(await handler(event)));
      } catch (error) {
        const { name, message } = asError(error);
        throw new TaskFailure(name, message);
      }
    },
    onState: () => {},
    onEnd: ({ name, status, cause }) => journal.note(`campaign ${name} ends ${status} ${cause ?? ''}`),
  });
  return machine;
}

/** The campaign's access to a deployment through its role. */
function portsOfService({ ingresses, invocations }: Inside, name: SiteName): ServicePorts {
  const ingress = ingresses.get(name);
  if (ingress === undefined) throw new RangeError(`there is no ingress ${name}`);
  const { site, machine } = ingress;
  const { ledger, decisionLog } = invocations.command(ingress);
  const execution = (run: string) => machine.executions.get(`arn:execution:${name}:${run}`);
  return {
    deployment: site.deployment,
    leases: ledger,
    decisionLog,
    past: async () => [],
    async status(run): Promise<RunStatus> {
      const found = execution(run);
      if (found === undefined) return null;
      if (found.status === 'RUNNING') return { status: 'running' };
      if (found.status === 'SUCCEEDED') return { status: 'succeeded' };
      return { status: 'ended', cause: `${found.status} ${found.error ?? ''} ${found.cause ?? ''}` };
    },
    async start(run, input) {
      machine.start(run, JSON.parse(JSON.stringify(input)));
    },
    async askRollback(request) {
      invocations.later(ingress, 'rollback', request, invocations.causeOf(request.executionArn));
    },
  };
}

function rehearsed({ site, machine }: SimulatedIngress): RehearsedService {
  const { item } = site.lease;
  const executions = [...machine.executions.values()];
  return {
    runs: executions.map(({ name }) => name),
    status: item?.status ?? null,
    pausedAt: item?.steering.pauses[0]?.from ?? null,
    safeAt: item?.rollback?.confirmedAt ?? null,
    startedAt: executions[0]?.startedAt ?? null,
  };
}
