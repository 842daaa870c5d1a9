import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import {
  Compression,
  DeliveryStream,
  EnableLogging,
  LambdaFunctionProcessor,
  S3Bucket,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { athenaDatabase } from '../../core/model/index.ts';
import {
  acknowledge,
  acknowledgeWildcard,
  allowItems,
  forOwnAccount,
  HandlerFunction,
  itemsOf,
  keptLogs,
} from '../functions/index.ts';
import { aDeployment, anIngressId, aTable, checkProps, wholeDays } from '../props/index.ts';

export interface ParityPipelineProps {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** The value of CROSSFADE_DEPLOYMENT: JSON of core/model/deployment.ts. */
  readonly deployment: string;
  /** The table of leases and decision logs: `ledgerTable()`. */
  readonly ledger: ITableV2;
  /** How long captures are kept after they were written: a cutover and a week more. Whole days. */
  readonly retention: Duration;
}

/** How captures are counted, and where. */
export const COUNTING_SHAPE = { ingressId: anIngressId, deployment: aDeployment, ledger: aTable };

/** Athena's columns: frequently queried fields are columns of their own, the two answers remain JSON. */
const COLUMNS = [
  ['requestid', 'string'],
  ['traceid', 'string'],
  ['at', 'string'],
  ['route', 'string'],
  ['request', 'struct<method:string,target:string>'],
  ['primary', 'string'],
  ['stable', 'string'],
  ['candidate', 'string'],
  ['comparison', 'string'],
] as const;

/**
 * From captures to stored comparisons: Firehose, its transform, a private bucket with expiry, and a table for Athena.
 */
export class ParityPipeline extends Construct {
  /** Takes captures, one record each. */
  readonly stream: DeliveryStream;
  /** Compared captures below `pairs/`, deleted after the retention. */
  readonly bucket: Bucket;
  /** `<database>.<table>` for Athena. */
  readonly athenaTable: string;

  constructor(scope: Construct, id: string, props: ParityPipelineProps) {
    super(scope, id);
    checkProps(`ParityPipeline ${id}`, { ...COUNTING_SHAPE, retention: wholeDays }, props, this);
    this.bucket = this.#makeBucket(props.retention);
    const transform = new HandlerFunction(this, 'Transform', {
      handler: 'parity-transform',
      description: 'Compares captures and writes the verdict beside each',
      environment: { CROSSFADE_DEPLOYMENT: props.deployment },
      // Firehose allows a transformation at most five minutes.
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    // Query: stable's own variation is read from the tallies.
    allowItems(
      transform,
      props.ledger,
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      itemsOf(props.ingressId, 'CUTOVER', 'PARITY'),
    );
    this.stream = new DeliveryStream(this, 'Stream', {
      encryption: StreamEncryption.awsOwnedKey(),
      destination: new S3Bucket(this.bucket as IBucket, {
        compression: Compression.GZIP,
        loggingConfig: new EnableLogging(keptLogs(this, 'StreamLogs')),
        processors: [
          new LambdaFunctionProcessor(transform.fn, {
            bufferInterval: Duration.seconds(60),
            bufferSize: Size.mebibytes(1),
          }),
        ],
        dataOutputPrefix: 'pairs/!{timestamp:yyyy/MM/dd/HH}/',
        errorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
      }),
    });
    forOwnAccount(this.stream);
    this.athenaTable = this.#makeTable(props);
    this.#acknowledge(transform.fn);
  }

  #makeBucket(retention: Duration): Bucket {
    return new Bucket(this, 'Pairs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ expiration: retention, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      // Deleted when a first deployment fails; later it contains customers' answers, and is retained.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /** Partitions are projected from Firehose's prefix, without a crawler or repairs. */
  #makeTable({ ingressId, retention }: ParityPipelineProps): string {
    const databaseName = athenaDatabase(ingressId);
    const catalogId = Stack.of(this).account;
    const database = new CfnDatabase(this, 'Database', { catalogId, databaseInput: { name: databaseName } });
    const table = new CfnTable(this, 'Table', {
      catalogId,
      databaseName,
      tableInput: {
        name: 'pairs',
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          'projection.enabled': 'true',
          'projection.hour.type': 'date',
          'projection.hour.format': 'yyyy/MM/dd/HH',
          'projection.hour.range': `NOW-${retention.toDays()}DAYS,NOW`,
          'projection.hour.interval': '1',
          'projection.hour.interval.unit': 'HOURS',
          'storage.location.template': `s3://${this.bucket.bucketName}/pairs/\${hour}/`,
        },
        partitionKeys: [{ name: 'hour', type: 'string' }],
        storageDescriptor: {
          columns: COLUMNS.map(([column, type]) => ({ name: column, type })),
          location: `s3://${this.bucket.bucketName}/pairs/`,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });
    table.addResourceDependency(database);
    return `${databaseName}.pairs`;
  }

  #acknowledge(transform: LambdaFunction): void {
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'Who read the captures is recorded by CloudTrail data events where the account wants that; an access log would be a second store about customers',
    );
    const why = 'Written by the CDK: the objects below the one bucket, the versions of the one function';
    for (const action of ['s3:Abort*', 's3:DeleteObject*', 's3:GetBucket*', 's3:GetObject*', 's3:List*'])
      acknowledge(this.stream, `AwsSolutions-IAM5[Action::${action}]`, why);
    acknowledgeWildcard(this.stream, this.bucket.arnForObjects('*'), why);
    acknowledgeWildcard(this.stream, `${transform.functionArn}:*`, why);
  }
}
