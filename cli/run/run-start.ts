/** Starts a run by name: the name given to `start` and `drill`, which is also that of the execution. */
import type { SFNClient } from '@aws-sdk/client-sfn';
import { Option } from 'commander';
import { UsageError } from '../shared/index.ts';

/** `--name`; the default contains the time and is therefore unique. */
export function nameOption(kind: 'cutover' | 'drill', description: string): Option {
  const now = new Date().toISOString().replace(/[:.]/g, '-');
  return new Option('--name <name>', description).default(`${kind}-${now}`, `${kind}- and the time`);
}

export interface StartedRun {
  readonly states: SFNClient;
  readonly executionArn: string;
}

/**
 * @param machine where executions are started: `stateMachineArn`
 * @param beforeSending called at the last moment at which nothing can have been started; a failure after it may hide a
 * run
 * @throws UsageError for a name that was used before
 */
export async function startExecution(
  machine: string,
  name: string,
  input: object,
  beforeSending: () => void,
): Promise<StartedRun> {
  const { SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const states = new SFNClient(CLIENT_OPTIONS);
  beforeSending();
  try {
    const start = new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) });
    const { executionArn = '' } = await states.send(start);
    return { states, executionArn };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExecutionAlreadyExists')) throw error;
    throw new UsageError(
      `--name: a run "${name}" was started before; names cannot be used twice. Nothing was started.\nNext: give another name, or \`crossfade watch ${name}\`.`,
    );
  }
}
