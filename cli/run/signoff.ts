/** `crossfade approve` and `crossfade refuse`: answer the sign-off that a cutover waits for. */
import { Command } from 'commander';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import { type CutoverId, cutoverIdSchema } from '../../core/model/index.ts';
import { attempt, byOption, EXIT, plain, say, type Terminal, UsageError } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployed.ts';

interface Options extends DeployedOptions {
  readonly by: string;
  readonly comment: string;
}

export function approveCommand(terminal: Terminal): Command {
  return signoff(terminal, 'approve', 'approve the pending sign-off; the cutover continues');
}

export function refuseCommand(terminal: Terminal): Command {
  return signoff(terminal, 'refuse', 'reject the pending sign-off; the cutover rolls back');
}

function signoff(terminal: Terminal, answer: 'approve' | 'refuse', description: string): Command {
  return withDeployed(new Command(answer))
    .description(description)
    .argument('<cutover>', 'name of the execution')
    .addOption(byOption('who answers (recorded in the ledger)'))
    .option('--comment <text>', 'why (recorded in the ledger)', '')
    .action(async (cutover: string, options: Options) => {
      const id = cutoverIdSchema.safeParse(cutover);
      if (!id.success) throw new UsageError(`cutover "${cutover}": ${id.error.issues[0]?.message}`);
      const asked = await attempt(
        () => left(answer, cutover),
        () => give(answer, id.data, options),
      );
      if (asked === null) {
        say(terminal.out, `Cutover "${cutover}" has no pending approval.`);
        terminal.exit(EXIT.failed);
        return;
      }
      say(
        terminal.out,
        `${answer === 'approve' ? 'Approved' : 'Rejected'} the ${asked.kind} sign-off of ${cutover}. Evidence at the time: ${plain(asked.evidence)}`,
      );
    });
}

async function give(answer: 'approve' | 'refuse', id: CutoverId, options: Options) {
  const deployment = await deployed(options);
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const { answerSignoff } = await import('../../lambdas/aws/states/index.ts');
  const { dynamoApprovals } = await import('../../lambdas/aws/dynamo/index.ts');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const approvals = dynamoApprovals(new DynamoDBClient(CLIENT_OPTIONS), deployment.ledgerTable, deployment.ingressId);
  const [by, comment] = [options.by, withoutSecrets(options.comment)];
  const said =
    answer === 'approve'
      ? ({ answer, approval: { approvedBy: by, comment } } as const)
      : ({ answer, reason: `${by}: ${comment}` } as const);
  return answerSignoff(new SFNClient(CLIENT_OPTIONS), approvals, id, said);
}

/** The answer may have arrived although nothing came back; a sign-off takes one answer only. */
function left(answer: 'approve' | 'refuse', cutover: string) {
  return {
    state: 'The command moved no traffic. Unless its answer arrived, the sign-off waits as before.',
    next: `read \`crossfade status\`; if ${cutover} still waits, run \`crossfade ${answer} ${cutover}\` again.`,
  };
}
