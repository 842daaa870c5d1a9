import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, type IFunction, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { type HandlerName, handlerCode } from '../assets/index.ts';
import { acknowledgeLogsOnly, acknowledgeWildcard } from './acknowledge.ts';

export interface HandlerFunctionProps {
  /** The handler in `lambdas/` that it runs. */
  readonly handler: HandlerName;
  /** Its purpose, displayed in the AWS console. */
  readonly description: string;
  /** Environment variables. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default - named by CloudFormation */
  readonly functionName?: string;
  /** @default - none reserved */
  readonly reservedConcurrency?: number;
  /** @default Duration.seconds(60) */
  readonly timeout?: Duration;
  /** MiB; the CPU is in proportion. @default 512 */
  readonly memorySize?: number;
}

/** A recipient of permissions: a function, or a policy for people. */
export interface RightsHolder {
  readonly grantee: IGrantable & IConstruct;
  /** Grants actions. A resource with a wildcard needs the reason why AWS allows nothing narrower. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    whyWildcard?: string,
    conditions?: Readonly<Record<string, unknown>>,
  ): unknown;
}

/** One handler as a Lambda function: Node 24, ARM64, traced, with a log group that keeps a month. */
export class HandlerFunction extends Construct implements RightsHolder {
  readonly fn: LambdaFunction;
  readonly #logs: LogGroup;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    checkEnvironment(this, props.environment ?? {});
    this.#logs = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      // A first deployment that fails deletes its log groups; later nothing does.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.fn = new LambdaFunction(this, 'Fn', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: handlerCode(props.handler),
      handler: 'index.handler',
      ...(props.functionName === undefined ? {} : { functionName: props.functionName }),
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      description: props.description,
      environment: { ...props.environment },
      timeout: props.timeout ?? Duration.seconds(60),
      memorySize: props.memorySize ?? 512,
      tracing: Tracing.ACTIVE,
      logGroup: this.#logs,
      // A version that a deployment replaces would be deleted unless it is retained, and a run that began with it would
      // end.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    acknowledgeLogsOnly(this.fn);
    acknowledgeWildcard(this.fn, '*', 'X-Ray has no resource types (PutTraceSegments, PutTelemetryRecords)');
  }

  /** A published version: running executions keep the code with which they began. */
  get version(): IFunction {
    // The CDK's classes declare optional members as `T | undefined`, its interfaces as `T?`. The cast declares them
    // equal.
    return this.fn.currentVersion as IFunction;
  }

  /** Destination of its log lines and, as EMF, its metrics. */
  get logGroupName(): string {
    return this.#logs.logGroupName;
  }

  get grantee(): IGrantable & IConstruct {
    return this.fn;
  }

  allow(
    actions: readonly string[],
    resources: readonly string[],
    whyWildcard?: string,
    conditions?: Readonly<Record<string, unknown>>,
  ): this {
    this.fn.addToRolePolicy(statementOf(this.fn, actions, resources, whyWildcard, conditions));
    return this;
  }
}

/** @throws RangeError for a wildcard without a reason */
export function statementOf(
  at: IConstruct,
  actions: readonly string[],
  resources: readonly string[],
  whyWildcard?: string,
  conditions?: Readonly<Record<string, unknown>>,
): PolicyStatement {
  for (const resource of resources.filter((arn) => arn.includes('*'))) {
    if (whyWildcard === undefined) throw new RangeError(`${actions.join(', ')} on ${resource} needs a reason`);
    acknowledgeWildcard(at, resource, whyWildcard);
  }
  return new PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions: { ...conditions } }),
  });
}

/**
 * Limit for all names and values together, in bytes;
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 */
const MAX_ENVIRONMENT = 4096;
/**
 * Assumed length of a value that is unknown before deployment: a rule's ARN with the longest names of all its parts;
 * bytes.
 */
const UNKNOWN_VALUE = 161;
/** Region, account, partition, suffix. */
const PSEUDO_PARAMETER = 20;
/** A name that is part of an ARN: `targetgroup/<32>/<16>`, `app/<32>/<16>`. */
const PART_OF_ARN = 61;

/** @throws RangeError for an environment that Lambda would reject on deployment */
function checkEnvironment(scope: Construct, environment: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(environment).reduce(
    (sum, [name, value]) => sum + name.length + lengthOf(Stack.of(scope).resolve(value)),
    0,
  );
  if (bytes > MAX_ENVIRONMENT)
    throw new RangeError(
      `HandlerFunction ${scope.node.id}: its environment may take ${bytes} bytes, and Lambda takes ${MAX_ENVIRONMENT}: name fewer listeners, or shorten the names in it`,
    );
}

function lengthOf(resolved: unknown): number {
  if (typeof resolved === 'string') return Buffer.byteLength(resolved);
  if (typeof resolved === 'object' && resolved !== null && 'Fn::Join' in resolved) {
    const [, parts] = Array.isArray(resolved['Fn::Join']) ? resolved['Fn::Join'] : [];
    if (Array.isArray(parts)) return parts.reduce<number>((sum, part) => sum + lengthOf(part), 0);
  }
  const [[name, argument] = []] = Object.entries(resolved ?? {});
  if (name === 'Ref' && String(argument).startsWith('AWS::')) return PSEUDO_PARAMETER;
  return name === 'Fn::Select' ? PART_OF_ARN : UNKNOWN_VALUE;
}
