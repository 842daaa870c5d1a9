/** An AWS account: deployed with the CDK's own command, found and deleted through CloudFormation. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { ACCEPTANCE_TAG, acceptanceStackName } from '../../core/acceptance/index.ts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';
import { cdkEnvironment } from '../../rehearsal/scenario/index.ts';
import { UsageError } from '../shared/index.ts';
import type { AcceptanceAccount } from './account.ts';
import { clearTheWay, resourcesLeft } from './aws-removal.ts';
import { type AwsPlace, NotAllowedError } from './caller-place.ts';
import { acceptanceEnvironment, PROGRAM } from './program.ts';

const POLL_MS = 5_000;
const DELETE_MS = 30 * 60_000;

/**
 * @param cdkCommand path of the CDK command
 * @param program the CDK program to deploy
 */
export function awsAccount({ account, region }: AwsPlace, cdkCommand: string, program = PROGRAM): AcceptanceAccount {
  const client = new CloudFormationClient(CLIENT_OPTIONS);

  /** Only a stack with the acceptance's tag and id; a stack that merely has the name belongs to somebody else. */
  async function stackOf(idOrArn: string, id: string): Promise<Stack | null> {
    try {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: idOrArn }));
      return stack !== undefined && tagOf(stack) === id ? stack : null;
    } catch (error) {
      if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
        return null;
      throw error;
    }
  }

  return {
    where: `AWS account ${account}, ${region}`,
    speed: 1,
    async remains() {
      const found = await allStacks(client);
      return found
        .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
        .sort((a, b) => (a.CreationTime?.getTime() ?? 0) - (b.CreationTime?.getTime() ?? 0))
        .flatMap((stack) => tagOf(stack) ?? []);
    },
    deploy: (id, plan, paths, signal) =>
      deployByCdk(cdkCommand, program, acceptanceEnvironment(id, plan, paths), signal),
    async site(id) {
      const stack = await stackOf(acceptanceStackName(id), id);
      const output = (name: string) => stack?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
      return {
        url: output('Url'),
        queueUrl: output('QueueUrl'),
        stream: output('ParityStream'),
        environment: {},
        now: Date.now,
      };
    },
    async remove(id) {
      const stack = await settled(() => stackOf(acceptanceStackName(id), id));
      const arn = stack?.StackId;
      if (arn === undefined) return [];
      await clearTheWay(client, arn, id);
      await client.send(new DeleteStackCommand({ StackName: arn }));
      await settled(() => stackOf(arn, id));
      return resourcesLeft(client, arn);
    },
  };
}

/** @throws Error that ends with the command's output */
async function deployByCdk(
  cdkCommand: string,
  program: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const output = await mkdtemp(join(tmpdir(), 'crossfade-acceptance-'));
  const env = { ...process.env, ...cdkEnvironment(), ...environment, CDK_DISABLE_VERSION_CHECK: '1', CI: 'true' };
  const app = ['--output', output, '--app', `${process.execPath} ${program}`];
  const args = [cdkCommand, 'deploy', '--all', '--require-approval', 'never', ...app];
  try {
    await promisify(execFile)(process.execPath, args, { env, signal, maxBuffer: 1 << 26, cwd: output });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`cdk deploy failed: ${lastWords(error)}`);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

const SAID_CHARACTERS = 2_000;
const saidSchema = z.looseObject({ stdout: z.string(), stderr: z.string() });

/** The end of a failed command's output, which contains CloudFormation's reason, on either stream. */
function lastWords(error: unknown): string {
  const { stdout, stderr } = saidSchema.catch({ stdout: '', stderr: String(error) }).parse(error);
  return `${stdout}\n${stderr}`.trim().slice(-SAID_CHARACTERS);
}

/** @throws UsageError for credentials without permission to list stacks */
async function allStacks(client: CloudFormationClient): Promise<Stack[]> {
  const found: Stack[] = [];
  try {
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) found.push(...Stacks);
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name))
      throw new NotAllowedError(['cloudformation:DescribeStacks']);
    throw error;
  }
  return found;
}

/**
 * While CloudFormation works on a stack it accepts no other operation, except deleting a stack that is being created.
 */
async function settled(read: () => Promise<Stack | null>): Promise<Stack | null> {
  for (const deadline = Date.now() + DELETE_MS; ; await delay(POLL_MS)) {
    const stack = await read();
    const busy = /^(UPDATE_.*|DELETE|ROLLBACK)_IN_PROGRESS$/.test(stack?.StackStatus ?? '');
    if (!busy || Date.now() > deadline) return stack;
  }
}

function tagOf({ Tags = [] }: Stack): string | undefined {
  return Tags.find(({ Key }) => Key === ACCEPTANCE_TAG)?.Value;
}

/** Path of the CDK command. @throws UsageError if it is not installed next to this package */
export function installedCdk(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
  } catch {
    throw new UsageError(
      'the CDK’s command is not installed: npm install --save-dev aws-cdk@2.1148.1. Nothing was made.',
    );
  }
}
