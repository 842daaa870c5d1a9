/**
 * The parts of AWS that the removal of an acceptance calls: CloudFormation, and the calls that prepare a deletion.
 * Every write is recorded.
 */
import type { Server } from 'node:http';
import { endpoint } from '../../rehearsal/cloud/wire/endpoint.ts';
import { CloudError, members, type QueryOperations } from '../../rehearsal/cloud/wire/protocol.ts';
import { withEnvironment } from '../support/cli.ts';
import { listen, stop } from '../support/http.ts';

export interface MemoryStack {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Types of the resources with their physical ids. */
  readonly resources: readonly (readonly [type: string, id: string])[];
  /** Physical id of the resource that the deletion leaves behind. */
  readonly stuck?: string;
}

export class MemoryAws {
  readonly stacks: MemoryStack[] = [];
  /** ARNs of executions. */
  readonly running: string[] = [];
  readonly writes: string[] = [];
  /** Actions that IAM's simulation denies. */
  readonly deniedActions: string[] = [];
  /** Operations that are refused for lack of a permission. */
  readonly refused: string[] = [];
  readonly #deleted = new Set<string>();
  #server: Server | null = null;
  #url = '';

  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.#url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_MAX_ATTEMPTS: '1',
    };
  }

  async start(): Promise<void> {
    for (const list of [this.stacks, this.running, this.writes, this.deniedActions, this.refused]) list.length = 0;
    this.#deleted.clear();
    this.#server = endpoint({
      intercept: (_service, operation) => (this.refused.includes(operation) ? 'deny' : null),
      json: { AWSStepFunctions: { service: 'states', operations: this.#states } },
      query: {
        '2010-05-15': { service: 'cloudformation', operations: this.#cloudFormation },
        '2015-12-01': { service: 'elasticloadbalancing', operations: this.#elb },
        '2011-06-15': { service: 'sts', operations: { GetCallerIdentity: () => CALLER } },
        '2010-05-08': { service: 'iam', operations: this.#iam },
      },
    });
    this.#url = await listen(this.#server);
  }

  async stop(): Promise<void> {
    if (this.#server !== null) await stop(this.#server);
  }

  /** Makes this AWS the one that the process uses while `work` runs. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return withEnvironment(this.environment, work);
  }

  readonly #cloudFormation: QueryOperations = {
    DescribeStacks: (p) => {
      const name = p.get('StackName');
      const found = this.stacks.filter((stack) => name === null || this.#is(stack, name));
      if (name !== null && found.length === 0)
        throw new CloudError('ValidationError', `Stack with id ${name} does not exist`);
      return {
        Stacks: found.map((stack) => ({
          StackId: arnOf(stack),
          StackName: stack.name,
          CreationTime: '2026-11-26T03:00:00Z',
          StackStatus: this.#statusOf(stack),
          Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    },
    ListStackResources: (p) => {
      const stack = this.#find(p.get('StackName') ?? '');
      return {
        StackResourceSummaries: stack.resources.map(([ResourceType, PhysicalResourceId]) => ({
          LogicalResourceId: 'Of',
          PhysicalResourceId,
          ResourceType,
          LastUpdatedTimestamp: '2026-11-26T03:00:00Z',
          ResourceStatus:
            !this.#deleted.has(stack.name) || stack.stuck === PhysicalResourceId
              ? 'CREATE_COMPLETE'
              : 'DELETE_COMPLETE',
        })),
      };
    },
    DeleteStack: (p) => {
      const { name } = this.#find(p.get('StackName') ?? '');
      this.writes.push(`cloudformation:DeleteStack ${name}`);
      this.#deleted.add(name);
      return {};
    },
  };

  readonly #elb: QueryOperations = {
    DeleteRule: (p) => {
      this.writes.push(`elasticloadbalancing:DeleteRule ${p.get('RuleArn')}`);
      return {};
    },
  };

  readonly #iam: QueryOperations = {
    SimulatePrincipalPolicy: (p) => ({
      IsTruncated: false,
      EvaluationResults: members(p, 'ActionNames').map((EvalActionName) => ({
        EvalActionName,
        EvalResourceName: '*',
        EvalDecision: this.deniedActions.includes(EvalActionName) ? 'implicitDeny' : 'allowed',
      })),
    }),
  };

  readonly #states = {
    ListExecutions: () => ({
      executions: this.running.map((executionArn) => ({
        executionArn,
        stateMachineArn: 'machine',
        name: 'run',
        status: 'RUNNING',
        startDate: 0,
      })),
    }),
    StopExecution: ({ executionArn }: Record<string, unknown>) => {
      this.writes.push(`states:StopExecution ${String(executionArn)}`);
      return { stopDate: 0 };
    },
  };

  /** A deleted stack is found only by its ARN. */
  #is(stack: MemoryStack, name: string): boolean {
    return name === arnOf(stack) || (name === stack.name && this.#statusOf(stack) !== 'DELETE_COMPLETE');
  }

  #statusOf(stack: MemoryStack): string {
    if (!this.#deleted.has(stack.name)) return 'CREATE_COMPLETE';
    return stack.stuck === undefined ? 'DELETE_COMPLETE' : 'DELETE_FAILED';
  }

  #find(name: string): MemoryStack {
    const stack = this.stacks.find((one) => this.#is(one, name));
    if (stack === undefined) throw new CloudError('ValidationError', `Stack with id ${name} does not exist`);
    return stack;
  }
}

const CALLER = {
  Account: '111122223333',
  Arn: 'arn:aws:sts::111122223333:assumed-role/operator/me',
  UserId: 'AROA:me',
};

function arnOf({ name }: MemoryStack): string {
  return `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/0`;
}
