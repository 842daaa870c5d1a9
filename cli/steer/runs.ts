/** `crossfade list` and `crossfade history`: the runs of an ingress, and the decisions in one of them. */
import { Command } from 'commander';
import {
  describeCause,
  describeKind,
  describePlace,
  type Lease,
  type LogEntry,
  type Plan,
  placeOfRun,
  planIn,
} from '../../core/model/index.ts';
import { type DeployedOptions, WITHOUT_LOG, withDeployed } from '../run/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, plain, plainJson, say, type Terminal } from '../shared/index.ts';
import { cutoverId, openLedger } from './run-of.ts';

interface Options extends DeployedOptions {
  readonly json?: boolean;
}

export function listCommand(terminal: Terminal): Command {
  return withDeployed(new Command('list'))
    .description('list the cutovers and drills of the ingress, newest first')
    .option('--json', 'print JSON: a list of cutover, startedAt, startedBy, status, phase, stage, drill and rollback')
    .action(async (options: Options) => {
      const { runs, ingressId } = await attempt(
        () => NOTHING_CHANGED,
        async () => {
          const ledger = await openLedger(options);
          const [now, past] = await Promise.all([ledger.lease(), ledger.past()]);
          const { ingressId } = ledger.deployment;
          return { runs: [...past, ...(now === null ? [] : [now])].reverse(), ingressId };
        },
      );
      if (options.json === true) say(terminal.out, plainJson(runs.map(summaryOf), 2));
      else if (runs.length === 0) say(terminal.out, `No cutover has run on ingress ${ingressId}.`);
      else for (const run of runs) say(terminal.out, plain(lineOf(run)));
    });
}

export function historyCommand(terminal: Terminal): Command {
  return withDeployed(new Command('history'))
    .description('show every decision of a cutover, and who or what made it')
    .argument('<cutover>', 'name of the execution')
    .option(
      '--json',
      'print JSON: the entries of the decision log, a list of at, kind, phase, stage, by, message and data',
    )
    .action(async (cutover: string, options: Options) => {
      const id = cutoverId(cutover);
      const entries = await attempt(
        () => NOTHING_CHANGED,
        async () => (await openLedger(options)).decisionLog.entries(id),
      );
      if (entries.length === 0) {
        say(terminal.err, `The ledger has no decision log of ${cutover}.\n${WITHOUT_LOG}`);
        terminal.exit(EXIT.failed);
      } else if (options.json === true) say(terminal.out, plainJson(entries, 2));
      else {
        const plan = planIn(entries);
        for (const entry of entries) say(terminal.out, plain(entryLine(entry, plan)));
      }
    });
}

/** For example `2026-11-27T10:31:05.000Z  stage 10 %       evaluation   Evidence is in.` */
export function entryLine({ at, kind, phase, stage, by, message }: LogEntry, plan: Plan | null): string {
  return [
    at,
    describePlace({ phase, stage }, plan?.stages[stage]?.percent).padEnd(15),
    describeKind(kind).padEnd(11),
    by === 'machine' ? message : `${message} (${by})`,
  ].join('  ');
}

function summaryOf({ cutoverId: id, startedAt, startedBy, status, phase, stage, drill, rollback }: Lease) {
  return { cutover: id, startedAt, startedBy, status, phase, stage, drill: drill !== null, rollback };
}

function lineOf(run: Lease): string {
  const { cutoverId: id, startedAt, status, drill, rollback, startedBy } = run;
  const kind = drill === null ? '' : ' (drill)';
  const why = rollback === null ? placeOfRun(run) : `by ${describeCause(rollback)}`;
  const who = startedBy === null ? '' : `, started by ${startedBy}`;
  return `${startedAt}  ${id}${kind}  ${status.replace('_', ' ')}  ${why}${who}`;
}
