/** `crossfade export`: a cutover's decision log out of the ledger, as NDJSON that `crossfade replay` reads. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { cutoverIdSchema, decisionLogLines } from '../../core/model/index.ts';
import { EXIT, say, type Terminal, UsageError } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployed.ts';

interface Options extends DeployedOptions {
  readonly out?: string;
}

export function exportCommand(terminal: Terminal): Command {
  return withDeployed(new Command('export'))
    .description('write the decision log of a cutover as NDJSON; exit code 1 if the ledger has none of that name')
    .argument('[cutover]', 'name of the execution; default: the latest on the ingress')
    .option('--out <file>', 'write to this file instead of stdout')
    .action(async (cutover: string | undefined, options: Options) => {
      const asked = cutover === undefined ? null : cutoverIdSchema.safeParse(cutover);
      if (asked?.success === false) throw new UsageError(`cutover "${cutover}": ${asked.error.issues[0]?.message}`);
      const deployment = await deployed(options);
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      const { dynamoLedger } = await import('../../lambdas/aws/dynamo/index.ts');
      const ledger = dynamoLedger(new DynamoDBClient({}), deployment.ledgerTable);
      const { ingressId } = deployment;
      const cutoverId = asked?.data ?? (await ledger.read(ingressId))?.cutoverId;
      const entries = cutoverId === undefined ? [] : await ledger.entries(cutoverId);
      if (cutoverId === undefined || entries.length === 0) {
        say(terminal.err, `The ledger has no decision log of ${cutover ?? `a cutover on ${ingressId}`}.`);
        terminal.exit(EXIT.failed);
        return;
      }
      const text = `${[...decisionLogLines({ ingressId, cutoverId }, entries)].join('\n')}\n`;
      if (options.out === undefined) terminal.out.write(text);
      else writeFileSync(options.out, text);
      terminal.exit(EXIT.ok);
    });
}
