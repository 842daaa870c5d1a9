import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  Compression,
  DeliveryStream,
  LambdaFunctionProcessor,
  S3Bucket,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { HandlerFunction } from './handler-function.ts';

export interface ParityPipelineProps {
  readonly deployment: string;
  readonly ledger: ITableV2;
  /** How long captured pairs are kept after they were written. @default Duration.days(45): shadow, cutover, soak and a week more */
  readonly retention?: Duration;
}

/** Captured pairs → compared → kept: Firehose, its transform, and a private bucket that forgets. */
export class ParityPipeline extends Construct {
  readonly stream: DeliveryStream;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ParityPipelineProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Pairs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { expiration: props.retention ?? Duration.days(45), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const transform = new HandlerFunction(this, 'Transform', {
      handler: 'parity-transform',
      description: 'Compares captured pairs and writes the verdict beside each',
      environment: { CROSSFADE_DEPLOYMENT: props.deployment },
      // Firehose gives a transformation at most five minutes.
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    props.ledger.grantReadWriteData(transform.fn);
    this.stream = new DeliveryStream(this, 'Stream', {
      encryption: StreamEncryption.awsOwnedKey(),
      destination: new S3Bucket(this.bucket as IBucket, {
        compression: Compression.GZIP,
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
  }
}
