/** What is deployed, for the commands that talk to AWS: from a file, or from the rollback function's own environment. */
import { readFileSync } from 'node:fs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import { UsageError } from '../shared/index.ts';

export interface DeployedOptions {
  readonly ingress: string;
  readonly deployment?: string;
}

/** Adds the options that say which deployment a command is about. Region and credentials come as AWS's tools take them. */
export function withDeployed(command: Command): Command {
  return command
    .option('--ingress <id>', 'ingress id of the deployment', 'gateway')
    .option(
      '--deployment <file>',
      'read the deployment from this JSON file (CROSSFADE_DEPLOYMENT of any handler) instead of from AWS',
    );
}

/** @throws UsageError when there is no such deployment. */
export async function deployed(options: DeployedOptions): Promise<Deployment> {
  const text =
    options.deployment === undefined ? await fromFunction(options.ingress) : readFileSync(options.deployment, 'utf8');
  const parsed = deploymentSchema.safeParse(JSON.parse(text), { error: wordIssue });
  if (parsed.success) return parsed.data;
  throw new UsageError(`the deployment is not valid: ${describeProblems(parsed.error, 'deployment')}`);
}

async function fromFunction(ingress: string): Promise<string> {
  const FunctionName = `${ingress}-crossfade-rollback`;
  const client = new LambdaClient({ maxAttempts: 3 });
  try {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return Environment?.Variables?.CROSSFADE_DEPLOYMENT ?? 'null';
  } catch (error) {
    throw new UsageError(
      `--ingress ${ingress}: cannot read function ${FunctionName} (${error instanceof Error ? error.message : String(error)})`,
    );
  } finally {
    client.destroy();
  }
}
