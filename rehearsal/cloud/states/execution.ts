/** One execution, as the machine stores it and the API shows it. */
import type { History } from './history.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

export interface LocalExecution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  /** Simulated time, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly history: History;
  status: ExecutionStatus;
  stoppedAt: number | null;
  error: string | null;
  cause: string | null;
  output: unknown;
}
