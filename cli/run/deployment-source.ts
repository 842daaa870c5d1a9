/** The deployment for commands that talk to AWS: from a file, or from the environment of the rollback function. */
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Command } from 'commander';
import type * as z from 'zod';
import { type Deployment, deploymentSchema, ingressIdSchema, rollbackFunctionName } from '../../core/model/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import { readJson } from '../../json/index.ts';
import { readJsonFile, UsageError } from '../shared/index.ts';
import { enterRehearsal, type Located, rehearsedSchema } from './running-rehearsal.ts';
import { typedId } from './typed-id.ts';

/** Of the reference application. */
const DEFAULT_INGRESS = 'gateway';

export interface DeployedOptions {
  /** Only if it was typed. @default that of `deployment`, or {@link DEFAULT_INGRESS} */
  readonly ingress?: string;
  readonly deployment?: string;
}

/** Adds the options that select the deployment. Region and credentials are determined as in AWS's own tools. */
export function withDeployed(command: Command): Command {
  return command
    .option('--ingress <id>', `ingress id of the deployment; default: that of --deployment, or ${DEFAULT_INGRESS}`)
    .option(
      '--deployment <file>',
      'read the deployment from this JSON file (CROSSFADE_DEPLOYMENT of any handler, or what a running rehearsal names) instead of from AWS',
    );
}

/** @throws UsageError if there is no such deployment; the AWS client's error if it cannot be read */
export async function deployed(options: DeployedOptions): Promise<Deployment> {
  return (await find(options)).deployment;
}

/** The deployment, and its clock: that of a rehearsal is faster. @throws as {@link deployed} */
export async function located(options: DeployedOptions): Promise<Located> {
  const { deployment, now } = await find(options);
  return { deployment, now: now ?? (await clockOfAws(deployment)) };
}

/** With its clock where that is known by now. */
async function find({ ingress, deployment }: DeployedOptions): Promise<Pick<Located, 'deployment'> & Partial<Located>> {
  if (deployment === undefined) return fromAws(ingress ?? DEFAULT_INGRESS);
  const found = fromFile(deployment);
  const { ingressId } = found.deployment;
  if (ingress === undefined || ingress === ingressId) return found;
  throw new UsageError(
    `--ingress ${ingress} and --deployment ${deployment}, which is of ingress ${ingressId}, contradict each other. Nothing was changed.`,
  );
}

function fromFile(file: string): Pick<Located, 'deployment'> & Partial<Located> {
  const source = `--deployment: ${file}`;
  const value = readJsonFile('--deployment', file);
  if (typeof value === 'object' && value !== null && 'rehearsal' in value)
    return enterRehearsal(file, parsed(source, rehearsedSchema, value));
  return { deployment: parsed(source, deploymentSchema, value) };
}

/**
 * AWS's time by one answer of ELBv2, without which no command could do anything about traffic; this machine's where
 * nothing answers. A rollback that is recorded an hour ahead would wait an hour longer for the stable side's tasks.
 */
async function clockOfAws({ rules }: Deployment): Promise<() => number> {
  const [{ DescribeRulesCommand, ElasticLoadBalancingV2Client }, { CLIENT_OPTIONS }] = await Promise.all([
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    import('../../lambdas/aws/calls/index.ts'),
  ]);
  const client = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);
  await client.send(new DescribeRulesCommand({ RuleArns: rules.map(({ arn }) => arn) })).catch(() => undefined);
  const aheadMs = client.config.systemClockOffset;
  client.destroy();
  return () => Date.now() + aheadMs;
}

async function fromAws(ingress: string): Promise<Located> {
  typedId(ingressIdSchema, '--ingress:', ingress);
  const { name, text, aheadMs } = await fromFunction(ingress);
  const read = readJson(Buffer.from(text));
  if (!read.ok) throw new UsageError(`--ingress ${ingress}: CROSSFADE_DEPLOYMENT of function ${name} ${read.problem}`);
  const source = `--ingress ${ingress}: CROSSFADE_DEPLOYMENT of function ${name}`;
  return { deployment: parsed(source, deploymentSchema, read.value), now: () => Date.now() + aheadMs };
}

function parsed<T>(source: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: wordIssue });
  if (result.success) return result.data;
  throw new UsageError(`${source} is not a deployment: ${describeProblems(result.error, 'deployment')}`);
}

/** `aheadMs`: how far AWS's clock is ahead of this machine's, if the client noticed a difference. */
async function fromFunction(
  ingress: string,
): Promise<{ readonly name: string; readonly text: string; readonly aheadMs: number }> {
  const name = rollbackFunctionName(ingress);
  const client = new LambdaClient({ maxAttempts: 3 });
  try {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    const text = Environment?.Variables?.CROSSFADE_DEPLOYMENT ?? '';
    return { name, text, aheadMs: client.config.systemClockOffset };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
    throw new UsageError(
      `--ingress: "${ingress}" is not deployed in this account and region: there is no function ${name}`,
    );
  } finally {
    client.destroy();
  }
}
