/**
 * Takes one step after the other, saves the evidence after each, and removes everything at the end, whatever happens.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Acceptance,
  type AcceptanceStep,
  type Findings,
  nextAction,
  removed,
  taken,
} from '../../core/acceptance/index.ts';
import { describeError, type Plan } from '../../core/model/index.ts';
import type { AcceptanceAccount } from './account.ts';
import { Customers } from './customers.ts';
import { Operator } from './operator.ts';
import { type Find, type Stage, TAKE } from './steps.ts';

export interface AcceptanceRun {
  readonly account: AcceptanceAccount;
  readonly plan: Plan;
  /** Requests per second of this machine's time. */
  readonly rps: number;
  readonly signal: AbortSignal;
  /** Called before each step and before the removal. */
  readonly onAction: (action: AcceptanceStep | 'remove') => void;
  /** Called with every change; writes the file. */
  readonly keep: (acceptance: Acceptance) => void;
}

/** @param from a new acceptance, or one that a crash has left, whose completed steps are not repeated */
export async function runAcceptance(from: Acceptance, run: AcceptanceRun): Promise<Acceptance> {
  const { account, signal, keep, onAction } = run;
  const folder = await mkdtemp(join(tmpdir(), 'crossfade-accept-'));
  let acceptance = from;
  /** Set by closures. A plain variable would be considered null by the type checker. */
  const opened: { stage: Stage | null } = { stage: null };
  const change = (next: Acceptance) => {
    acceptance = next;
    keep(next);
  };
  try {
    for (;;) {
      const action = nextAction(acceptance);
      if (action.do === 'report') return acceptance;
      if (action.do === 'remove') {
        onAction('remove');
        await opened.stage?.customers.stop();
        const left = await account.remove(acceptance.id);
        change(removed(acceptance, new Date().toISOString(), left));
        continue;
      }
      onAction(action.step);
      const at = new Date();
      const outcome = await attempted(async (find) => {
        signal.throwIfAborted();
        if (action.step === 'deploy') {
          await account.deploy(acceptance.id, run.plan, ['/*'], signal);
          const stage = await open(acceptance.id, run, folder);
          opened.stage = stage;
          return firstAnswers(stage, at, find);
        }
        opened.stage ??= await open(acceptance.id, run, folder);
        return TAKE[action.step](opened.stage, find);
      });
      if (signal.aborted) {
        change({ ...acceptance, interrupted: true });
        continue;
      }
      const seconds = ((Date.now() - at.getTime()) / 1_000) * account.speed;
      const record = { step: action.step, at: at.toISOString(), seconds, failure: outcome.failure };
      change(taken(acceptance, record, outcome.findings));
    }
  } finally {
    await opened.stage?.customers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A failure keeps the findings before it. */
async function attempted(
  take: (find: Find) => Promise<void>,
): Promise<{ readonly findings: Findings; readonly failure: string | null }> {
  let findings: Findings = {};
  try {
    await take((found) => {
      findings = { ...findings, ...found };
    });
    return { findings, failure: null };
  } catch (error) {
    return { findings, failure: describeError(error) };
  }
}

/** Customers start as soon as the services answer. */
async function open(id: string, { account, plan, rps, signal }: AcceptanceRun, folder: string): Promise<Stage> {
  const site = await account.site(id);
  const customers = new Customers(site.url, rps);
  await customers.ask('content');
  return {
    id,
    account,
    site,
    plan,
    folder,
    signal,
    customers,
    operator: new Operator(id, site, account.speed, signal),
  };
}

const ENOUGH = 100;

async function firstAnswers({ operator, customers, account }: Stage, at: Date, find: Find): Promise<void> {
  const seconds = ((Date.now() - at.getTime()) / 1_000) * account.speed;
  find({ deploy: { seen: true, detail: `in ${seconds.toFixed(0)} s` } });
  let answered = 0;
  await operator.until('customers are answered', 15, async () => {
    const { stable, failed } = customers.count();
    answered += stable - failed;
    return answered >= ENOUGH;
  });
  find({ healthy: { seen: true, detail: `${answered} requests were answered by stable` } });
}
