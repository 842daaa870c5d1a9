import { Duration, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as z from 'zod';
import {
  acknowledgeWildcard,
  allowItems,
  HandlerFunction,
  itemsOf,
  LAMBDA_TRANSIENT,
  observedMachine,
} from '../functions/index.ts';
import { checkProps, type Shape, thatHas } from '../props/index.ts';
import { COUNTING_SHAPE } from './parity-pipeline.ts';

export interface ParityBackfillProps {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** The value of CROSSFADE_DEPLOYMENT: JSON of core/model/deployment.ts. */
  readonly deployment: string;
  /** The table of leases and decision logs: `ledgerTable()`. */
  readonly ledger: ITableV2;
  /** The bucket of captures, which are below `pairs/`; results are written below `backfills/`. */
  readonly bucket: IBucket;
  /**
   * How many objects are compared in parallel, 1 to 1000. They share the account's Lambda concurrency with the
   * rollback.
   * @default 5
   */
  readonly maxConcurrency?: number;
}

const SHAPE: Shape<ParityBackfillProps> = {
  ...COUNTING_SHAPE,
  bucket: thatHas<IBucket>('a bucket', 'bucketName', 'bucketArn'),
  maxConcurrency: z.int().min(1).max(1000).optional(),
};

const PAIRS = 'pairs/';
const RESULTS = 'backfills/';

/**
 * Transient failures of Lambda, and Crossfade's own: a window that is changed concurrently, throttling, a lost
 * connection.
 */
const RETRY = {
  ErrorEquals: [...LAMBDA_TRANSIENT, 'Crossfade.Transient'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 5,
  MaxDelaySeconds: 20,
  JitterStrategy: 'FULL',
};

/**
 * Stored captures, compared again by the current rules and counted under their version: a Distributed Map over the
 * bucket's objects, one function call an object. Input, all of it optional: `prefix` of the objects that are listed,
 * below `pairs/`, and `from`, the first key that is looked at (`pairs/2026/11/20`). It may be repeated: a capture
 * counts once.
 *
 * Written as ASL, since the CDK's own state writes its results only under a feature flag of the app (without them the
 * results of many objects exceed a state's 256 KiB), and grants the whole bucket.
 */
export class ParityBackfill extends Construct {
  /** An execution of it is one backfill, with the input above. */
  readonly machine: StateMachine;

  /** @throws RangeError that names the prop */
  constructor(scope: Construct, id: string, props: ParityBackfillProps) {
    super(scope, id);
    checkProps(`ParityBackfill ${id}`, SHAPE, props, this);
    const { bucket, ledger, ingressId, maxConcurrency = 5 } = props;
    const compare = new HandlerFunction(this, 'Compare', {
      handler: 'parity-backfill',
      description: 'Compares one object of kept captures anew, and counts them',
      environment: { CROSSFADE_DEPLOYMENT: props.deployment },
      // Within the five minutes of an Express execution.
      timeout: Duration.minutes(4),
      memorySize: 1024,
    });
    allowItems(
      compare,
      ledger,
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      itemsOf(ingressId, 'CUTOVER', 'PARITY'),
    );
    compare.allow(['s3:GetObject'], [bucket.arnForObjects(`${PAIRS}*`)], 'The objects of captures, and no others');
    const machineName = `${ingressId}-parity-backfill`;
    this.machine = observedMachine(this, {
      stateMachineName: machineName,
      invokes: [compare],
      definitionBody: DefinitionBody.fromString(
        Stack.of(this).toJsonString(this.#definition(bucket.bucketName, compare.version.functionArn, maxConcurrency)),
      ),
      retention: RetentionDays.ONE_MONTH,
    });
    this.#permit(bucket, machineName);
  }

  #definition(bucketName: string, functionArn: string, maxConcurrency: number) {
    const { partition } = Stack.of(this);
    return {
      Comment: 'Crossfade: compares kept captures by the rules of now',
      QueryLanguage: 'JSONPath',
      StartAt: 'Defaults',
      States: {
        Defaults: {
          Type: 'Pass',
          Parameters: { defaults: { prefix: PAIRS, from: PAIRS }, 'input.$': '$' },
          Next: 'Input',
        },
        Input: {
          Type: 'Pass',
          Parameters: { 'merged.$': 'States.JsonMerge($.defaults, $.input, false)' },
          OutputPath: '$.merged',
          Next: 'Objects',
        },
        Objects: {
          Type: 'Map',
          Label: 'Objects',
          ItemReader: {
            Resource: `arn:${partition}:states:::s3:listObjectsV2`,
            Parameters: { Bucket: bucketName, 'Prefix.$': '$.prefix' },
          },
          ItemSelector: { bucket: bucketName, 'key.$': '$$.Map.Item.Value.Key', 'from.$': '$.from' },
          MaxConcurrency: maxConcurrency,
          ToleratedFailurePercentage: 0,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            StartAt: 'Is it asked for',
            States: {
              'Is it asked for': {
                Type: 'Choice',
                Choices: [{ Variable: '$.key', StringGreaterThanEqualsPath: '$.from', Next: 'Compare' }],
                Default: 'Passed over',
              },
              Compare: {
                Type: 'Task',
                Resource: functionArn,
                Parameters: { 'bucket.$': '$.bucket', 'key.$': '$.key' },
                Retry: [RETRY],
                End: true,
              },
              'Passed over': { Type: 'Pass', Parameters: { 'key.$': '$.key', passedOver: true }, End: true },
            },
          },
          ResultWriter: {
            Resource: `arn:${partition}:states:::s3:putObject`,
            Parameters: { Bucket: bucketName, Prefix: RESULTS.slice(0, -1) },
          },
          End: true,
        },
      },
    };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
  #permit(bucket: IBucket, machineName: string): void {
    const { partition, region, account } = Stack.of(this);
    const states = (resource: string) => `arn:${partition}:states:${region}:${account}:${resource}`;
    const allow = (actions: string[], resource: string, conditions?: Record<string, unknown>) =>
      this.machine.addToRolePolicy(
        new PolicyStatement({ actions, resources: [resource], ...(conditions === undefined ? {} : { conditions }) }),
      );
    const allowBelow = (actions: string[], resource: string, why: string) => {
      acknowledgeWildcard(this.machine, resource, why);
      allow(actions, resource);
    };
    allow(['s3:ListBucket'], bucket.bucketArn, { StringLike: { 's3:prefix': `${PAIRS}*` } });
    allowBelow(
      ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      bucket.arnForObjects(`${RESULTS}*`),
      'The results of backfills, and no other objects',
    );
    allow(['states:StartExecution'], states(`stateMachine:${machineName}`));
    const own = 'Executions of this one machine; Step Functions names the children of a Distributed Map';
    allowBelow(['states:DescribeExecution', 'states:StopExecution'], states(`execution:${machineName}:*`), own);
    allowBelow(['states:RedriveExecution'], states(`execution:${machineName}/*:*`), own);
  }
}
