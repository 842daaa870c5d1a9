/** Carries out the items of a scenario: what people, deployments and failing hardware do to an ingress. */
import {
  type ApprovalRequest,
  approvalSchema,
  CrossfadeError,
  type CutoverId,
  cutoverIdSchema,
  GROUP_ROLES,
  type LogEntry,
  type PlanInput,
  parsePlan,
} from '../../core/model/index.ts';
import { approversOf } from '../../core/phases/index.ts';
import { DeniedError } from './functions.ts';
import { befall, type Deed, type SimulatedIngress } from './ingress.ts';
import type { Invocations } from './invocations.ts';
import type { Journal } from './journal.ts';
import { BY_HAND, type Observer } from './observer.ts';
import { operatorAsks, personApproves } from './operator-request.ts';
import {
  HALF_HOUR_PLAN,
  type SecondPerson,
  type SimulatedEvent,
  type SimulatedScenario,
  type SiteName,
} from './scenario/index.ts';
import { deleteStack, type Timeline, updateStack } from './site/index.ts';

const APPROVED_AFTER_SECONDS = 60;
const LATER_SECONDS = 30;
/** The delay until somebody else gives the opposite answer. */
const CONTRARY_SECONDS = 0.2;
/** How long two watchdogs run in parallel while one replaces the other. */
const REPLACED_SECONDS = 120;
/** After this time a deleted stack is created again. */
const REMADE_SECONDS = 120;
/** How often a person repeats a command without an answer. */
const TRIES = 10;

/** The same plan with sign-offs that require two people. */
const OF_TWO: PlanInput = { ...HALF_HOUR_PLAN, signoff: { ...HALF_HOUR_PLAN.signoff, approvers: 2 } };

export interface DeedsOptions {
  readonly scenario: SimulatedScenario;
  readonly timeline: Timeline;
  readonly invocations: Invocations;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly ingresses: ReadonlyMap<SiteName, SimulatedIngress>;
  /** Contained in texts that people write; nobody may read it again. */
  readonly secret: string;
}

export class Deeds {
  readonly #options: DeedsOptions;
  /** For runs whose plan requires two people: what the second one does. */
  readonly #seconds = new Map<string, SecondPerson>();

  constructor(options: DeedsOptions) {
    this.#options = options;
  }

  /** Schedules the item. @param onFailure called if the simulation itself is broken */
  plan(item: SimulatedEvent, onFailure: (error: unknown) => void): void {
    if (!('at' in item)) return;
    const { timeline, journal } = this.#options;
    timeline.after(item.at * 1000, () => {
      journal.count(item.type);
      journal.note(JSON.stringify(item));
      void this.#do(item).catch(onFailure);
    });
  }

  /** Somebody answers a sign-off, as the scenario says. */
  answerLater(ingress: SimulatedIngress, { cutoverId }: ApprovalRequest): void {
    const { scenario, timeline, journal } = this.#options;
    const { name } = ingress.site;
    const nth = ingress.signoffs++;
    const item = scenario.items.find((i) => i.type === 'signoff' && i.site === name && i.nth === nth);
    const answer = item?.type === 'signoff' ? item.answer : 'approve';
    const after = item?.type === 'signoff' ? item.after : APPROVED_AFTER_SECONDS;
    if (item !== undefined) journal.count(`signoff ${answer}`);
    if (answer === 'silence') return;
    for (const [i, given] of answer.split('-').entries())
      timeline.after((after + i * CONTRARY_SECONDS) * 1000, () => {
        journal.note(`${name}: somebody answers the sign-off: ${given}`);
        const second = this.#seconds.get(`${name} ${cutoverId}`);
        if (given === 'refuse') void this.#insist(() => this.#answer(ingress, cutoverId, 'refuse'));
        else if (second === undefined) void this.#insist(() => this.#answer(ingress, cutoverId, 'approve'));
        else this.#approveByTwo(ingress, cutoverId, second);
      });
  }

  #approveByTwo(ingress: SimulatedIngress, cutoverId: CutoverId, second: SecondPerson): void {
    const { timeline, journal } = this.#options;
    journal.count(`second ${second}`);
    const approve = (by: string) => void this.#insist(() => this.#approve(ingress, cutoverId, by));
    approve('ops');
    if (second === 'silence') return;
    const by = second === 'twice' ? 'ops' : 'dev';
    timeline.after(second === 'at-once' ? 0 : LATER_SECONDS * 1000, () => approve(by));
  }

  /** If AWS does not answer a command, its person repeats it. */
  async #insist(command: () => Promise<void>, left = TRIES): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (!(error instanceof CrossfadeError || error instanceof DeniedError)) throw error;
      const { timeline, journal } = this.#options;
      journal.note(`the command was not answered: ${error.message}`);
      if (left > 0) timeline.after(LATER_SECONDS * 1000, () => void this.#insist(command, left - 1));
    }
  }

  async #approve(ingress: SimulatedIngress, cutoverId: CutoverId, by: string): Promise<void> {
    const { invocations, timeline, secret } = this.#options;
    const person = { by, comment: `fine, password=${secret}` };
    const command = invocations.command(ingress);
    const given = await personApproves(command, cutoverId, person, parsePlan(OF_TWO), timeline.now());
    if (given !== null) ingress.machine.succeed(given.token, given.approval);
  }

  /** Called when a sign-off is in the run's log. */
  signedOff({ site }: SimulatedIngress, cutoverId: string, { data }: LogEntry): void {
    const approval = approvalSchema.safeParse(data);
    const wanted = this.#seconds.has(`${site.name} ${cutoverId}`) ? 2 : 1;
    if (approval.success) this.#options.observer.signedOff(cutoverId, approversOf(approval.data), wanted);
  }

  /** Acts like the operator's command: looks for the open request of that run on that ingress. */
  async #answer(ingress: SimulatedIngress, cutoverId: CutoverId, answer: 'approve' | 'refuse'): Promise<void> {
    const { invocations, ingresses, observer, secret } = this.#options;
    const open = await invocations.command(ingress).approvals.newest(cutoverId);
    if (open === null) return;
    for (const { site, machine } of ingresses.values()) {
      const answered =
        answer === 'refuse'
          ? machine.fail(open.token, 'Crossfade.SignoffRefused', 'not yet')
          : machine.succeed(open.token, { approvedBy: 'ops', comment: `fine, password=${secret}` });
      if (answered && site !== ingress.site) observer.answeredAnother(ingress.site, site);
    }
  }

  #start(ingress: SimulatedIngress, { again, second, drill }: Deed<'start'>): void {
    if (again === true) this.#options.journal.count('start again');
    else ingress.runs++;
    const name = `run-${ingress.runs}`;
    if (second !== undefined) this.#seconds.set(`${ingress.site.name} ${name}`, second);
    const plan = this.#planOf(ingress, name);
    ingress.machine.start(name, drill ? { plan, drill: { percent: 1 } } : { plan });
  }

  #planOf({ site }: SimulatedIngress, run: string): PlanInput {
    return this.#seconds.has(`${site.name} ${run}`) ? OF_TWO : HALF_HOUR_PLAN;
  }

  /** Somebody approves without having been asked. */
  async #approveUnasked(ingress: SimulatedIngress, nth: number): Promise<void> {
    const { timeline, invocations, journal } = this.#options;
    const run = [...ingress.machine.executions.values()][nth - 1];
    if (run === undefined) return;
    const id = cutoverIdSchema.parse(run.name);
    const plan = parsePlan(this.#planOf(ingress, id));
    const person = { by: 'ops', comment: 'fine' };
    await this.#insist(async () => {
      const given = await personApproves(invocations.command(ingress), id, person, plan, timeline.now());
      journal.count(given === null ? 'approve refused' : 'approve given');
      if (given !== null) ingress.machine.succeed(given.token, given.approval);
    });
  }

  async #deploy(ingress: SimulatedIngress, { change, at }: Deed<'deploy'>): Promise<void> {
    const { timeline, invocations, journal } = this.#options;
    const { site } = ingress;
    journal.count(`deploy ${change}`);
    if (change === 'watchdog') {
      ingress.doubledUntil = timeline.now() + REPLACED_SECONDS * 1000;
      return;
    }
    const failed = (error: unknown) => journal.note(`${site.name}: the deployment failed: ${String(error)}`);
    if (change === 'destroy') {
      timeline.after(REMADE_SECONDS * 1000, () => {
        for (const rule of site.live.keys()) site.remakeRule(rule);
      });
      return deleteStack(site, timeline).catch(failed);
    }
    const paths = change === 'path' ? [...site.paths, `/new-${at}/*`] : site.paths;
    invocations.alarms(ingress).begin();
    return updateStack(site, paths, timeline).catch(failed);
  }

  async #do(item: Deed): Promise<void> {
    const { timeline, invocations, journal, observer, ingresses } = this.#options;
    switch (item.type) {
      case 'start':
        return this.#start(this.#at(item.site), item);
      case 'operator':
        return this.#operate(this.#at(item.site), item.does);
      case 'approve':
        return this.#approveUnasked(this.#at(item.site), item.run);
      case 'deploy':
        return this.#deploy(this.#at(item.site), item);
      case 'steer':
        return this.#steer(this.#at(item.site), item);
      case 'rule': {
        const { site } = this.#at(item.site);
        site.editRule(item.rule, item.edit);
        observer.wrote(site, null);
        if (item.for !== null) timeline.after(item.for * 1000, () => site.remakeRule(item.rule));
        return;
      }
      case 'console': {
        const { site } = this.#at(item.site);
        for (const rule of site.byHand(item.percent)) site.overwrite(rule);
        observer.wrote(site, null);
        return;
      }
      case 'cookie': {
        const { site } = this.#at(item.site);
        // Its rules have to be sticky before, for all of them name the group.
        for (const rule of site.live) if (rule.absent === undefined) site.overwrite({ ...rule, sticky: true });
        site.sticky.add(item.group);
        observer.wrote(site, null);
        timeline.after(item.for * 1000, () => site.sticky.delete(item.group));
        return;
      }
      case 'ledger': {
        const { site } = this.#at(item.site);
        observer.restored(site);
        if (item.ago === null) site.lease.remove();
        else site.lease.restore(timeline.now() - item.ago * 1000);
        return;
      }
      case 'alarm':
        invocations.alarms(this.#at(item.site)).edit(`${item.site}-${item.alarm}`, item.edit, item.for * 1000);
        return;
      case 'stray':
        journal.count(`stray ${item.event}`);
        invocations.stray(this.#at(item.site), item.event);
        return;
      case 'zone':
        for (const { site } of ingresses.values())
          for (const role of GROUP_ROLES) site.kill(role, 0.5, item.for * 1000);
        return;
      default:
        return befall(this.#at(item.site), item, timeline);
    }
  }

  async #steer(ingress: SimulatedIngress, { site, asks, for: seconds }: Deed<'steer'>): Promise<void> {
    const { timeline, invocations, journal } = this.#options;
    const { taken, said } = await operatorAsks(invocations.command(ingress), asks, seconds, timeline.now());
    journal.count(`steer ${taken ? asks : 'refused'}`);
    journal.note(`${site}: ${said}`);
  }

  #operate(ingress: SimulatedIngress, does: 'rollback' | 'abort' | 'redrive' | 'redrive-first'): void {
    const { invocations } = this.#options;
    const executions = [...ingress.machine.executions.values()];
    const last = executions.at(does === 'redrive-first' ? 0 : -1);
    if (does === 'rollback') {
      const event = { trigger: 'operator', by: 'operator', reason: 'by hand' };
      invocations.later(ingress, 'rollback', event, invocations.causeOf(null));
    }
    if (last === undefined) return;
    if (does === 'abort') ingress.machine.stop(last.arn, BY_HAND, 'by hand');
    if (does === 'redrive' || does === 'redrive-first') ingress.machine.redrive(last.arn);
  }

  #at(name: SiteName): SimulatedIngress {
    const ingress = this.#options.ingresses.get(name);
    if (ingress === undefined) throw new RangeError(`there is no ingress ${name}`);
    return ingress;
  }
}
