/** `crossfade drill`: triggers a real alarm during a run for that purpose, and measures how long the rollback takes. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import {
  causeText,
  cutoverIdSchema,
  DRILL_DEADLINE_SECONDS,
  DRILL_INTERVAL_SECONDS,
  type DrillRecord,
  drillTimes,
} from '../../core/model/index.ts';
import {
  attempt,
  EXIT,
  type Left,
  NOTHING_CHANGED,
  number,
  outputFileInNewFolder,
  plain,
  type Screen,
  say,
  type Terminal,
  UsageError,
} from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployment-source.ts';
import { nameOption, startExecution } from './run-start.ts';
import { stateMachineArn } from './state-machine-arn.ts';
import { typedId } from './typed-id.ts';

interface Options extends DeployedOptions {
  readonly percent: string;
  readonly alarm?: string;
  readonly name: string;
  readonly evidence: string;
  readonly json?: boolean;
}

/** Time to open, trigger and roll back, and two whole minutes of counts; doubled for a slow night. */
const WAIT_SECONDS = 2 * (DRILL_INTERVAL_SECONDS + DRILL_DEADLINE_SECONDS);
const POLL_MS = 2_000;

export function drillCommand(terminal: Terminal): Command {
  return withDeployed(new Command('drill'))
    .description('send 0-1 % to the candidate, trip an alarm, and time the rollback')
    .option('--percent <n>', 'percent of requests that the candidate gets during the drill, 0 to 1', '1')
    .option('--alarm <name>', 'alarm to trip; default: the first rollback alarm')
    .addOption(nameOption('drill', 'name of the execution'))
    .option('--evidence <file>', 'write the evidence to this file', '.crossfade/drill.json')
    .option('--json', 'also print the evidence to stdout')
    .action(async (options: Options) => {
      const percent = number('--percent', options.percent, 0, 1);
      typedId(cutoverIdSchema, '--name:', options.name);
      outputFileInNewFolder('--evidence', options.evidence);
      const course: Course = { is: 'not sent' };
      await attempt(
        ({ refused }) =>
          course.is === 'not sent' || (course.is === 'sent' && refused) ? NOTHING_CHANGED : maybeRunning(options.name),
        () => drill(options, percent, terminal, course),
      );
    });
}

/** The progress of the request that starts the drill. */
interface Course {
  is: 'not sent' | 'sent' | 'started';
}

function maybeRunning(name: string): Left {
  return {
    state: `The drill ${name} may be running: at most 1 % of the traffic is on the candidate, and its alarm brings it back.`,
    next: 'read `crossfade status`; `crossfade rollback` ends the drill at once.',
  };
}

async function drill(options: Options, percent: number, terminal: Terminal, course: Course): Promise<void> {
  const deployment = await deployed(options);
  const { alarm } = options;
  if (alarm !== undefined && !deployment.rollbackAlarms.includes(alarm))
    throw new UsageError(`--alarm must be one of ${deployment.rollbackAlarms.join(', ')} (got "${alarm}")`);
  const input = { drill: { percent, ...(alarm === undefined ? {} : { alarm }) } };
  const { states, executionArn } = await startExecution(stateMachineArn(deployment), options.name, input, () => {
    course.is = 'sent';
  });
  course.is = 'started';
  const [{ DescribeExecutionCommand }, { DynamoDBClient }, { dynamoDrills, dynamoLeases }, { CLIENT_OPTIONS }] =
    await Promise.all([
      import('@aws-sdk/client-sfn'),
      import('@aws-sdk/client-dynamodb'),
      import('../../lambdas/aws/dynamo/index.ts'),
      import('../../lambdas/aws/calls/index.ts'),
    ]);
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const ledger = dynamoLeases(dynamo, deployment.ledgerTable);
  const drills = dynamoDrills(dynamo, deployment.ledgerTable, deployment.ingressId);
  const out = options.json === true ? terminal.err : terminal.out;
  out.write(`Drill ${options.name}: sending ${percent} % to the candidate, then tripping an alarm.\n`);
  let last = '';
  for (const deadline = Date.now() + WAIT_SECONDS * 1_000; Date.now() < deadline; await delay(POLL_MS)) {
    const record = await drills.last();
    if (record?.cutoverId === options.name) return report(record, options, out, terminal);
    const { status, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
    const item = await ledger.read(deployment.ingressId);
    const now =
      item?.cutoverId === options.name ? `${item.phase}, ${item.status}` : `${status} ${plain(causeText(cause ?? ''))}`;
    if (now !== last) out.write(`  ${now}\n`);
    last = now;
    if (status !== 'RUNNING' && item?.cutoverId !== options.name) {
      out.write('The drill ended before it took the ingress: no alarm was tripped, and no traffic was moved.\n');
      return terminal.exit(EXIT.failed);
    }
  }
  out.write('The alarm did not roll the drill back in time; run `crossfade status` to see where traffic is.\n');
  terminal.exit(EXIT.failed);
}

function report(record: DrillRecord, options: Options, out: Screen, terminal: Terminal): void {
  const times = drillTimes(record);
  const file = resolve(options.evidence);
  writeFileSync(file, `${JSON.stringify({ ...record, seconds: times }, null, 2)}\n`);
  out.write(
    `Rolled back by ${record.alarm}: rollback triggered after ${times.toRequest.toFixed(1)} s, weights restored after ${times.toWeights.toFixed(1)} s, traffic confirmed back on stable after ${times.toReturn.toFixed(0)} s.\nEvidence: ${file}\n`,
  );
  if (options.json === true) say(terminal.out, JSON.stringify({ ...record, seconds: times }));
}
