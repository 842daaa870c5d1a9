/** `crossfade export`: writes a cutover's decision log from the ledger, as NDJSON that `crossfade replay` reads. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { type CutoverId, cutoverIdSchema, decisionLogLines } from '../../core/model/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, outputFile, say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployment-source.ts';
import { typedId } from './typed-id.ts';

interface Options extends DeployedOptions {
  readonly out?: string;
}

/** What to do about a name without a decision log. */
export const WITHOUT_LOG =
  'Next: `crossfade list` shows the names of the runs that have one; `crossfade watch` says why preflight refused a run.';

export function exportCommand(terminal: Terminal): Command {
  return withDeployed(new Command('export'))
    .description('write the decision log of a cutover as NDJSON')
    .argument('[cutover]', 'name of the execution; default: the latest on the ingress')
    .option('--out <file>', 'write to this file instead of stdout')
    .action(async (cutover: string | undefined, options: Options) => {
      const asked = cutover === undefined ? undefined : typedId(cutoverIdSchema, 'cutover', cutover);
      if (options.out !== undefined) outputFile('--out', options.out);
      const { ingressId, cutoverId, entries } = await attempt(
        () => NOTHING_CHANGED,
        () => logOf(options, asked),
      );
      if (cutoverId === undefined || entries.length === 0) {
        say(
          terminal.err,
          `The ledger has no decision log of ${cutover ?? `a cutover on ${ingressId}`}.\n${WITHOUT_LOG}`,
        );
        terminal.exit(EXIT.failed);
        return;
      }
      const text = `${[...decisionLogLines({ ingressId, cutoverId }, entries)].join('\n')}\n`;
      if (options.out === undefined) terminal.out.write(text);
      else {
        const { out } = options;
        await attempt(
          () => ({ state: `${out} is not whole.`, next: 'make room, or name another file.' }),
          async () => writeFileSync(out, text),
        );
      }
      terminal.exit(EXIT.ok);
    });
}

async function logOf(options: DeployedOptions, asked: CutoverId | undefined) {
  const deployment = await deployed(options);
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const { dynamoDecisionLog, dynamoLeases } = await import('../../lambdas/aws/dynamo/index.ts');
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const ledger = dynamoLeases(dynamo, deployment.ledgerTable);
  const decisionLog = dynamoDecisionLog(dynamo, deployment.ledgerTable, deployment.ingressId);
  const { ingressId } = deployment;
  const cutoverId = asked ?? (await ledger.read(ingressId))?.cutoverId;
  return { ingressId, cutoverId, entries: cutoverId === undefined ? [] : await decisionLog.entries(cutoverId) };
}
