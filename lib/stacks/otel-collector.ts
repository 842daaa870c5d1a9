/** The OpenTelemetry collector next to a service: receives OTLP on the loopback and sends traces to X-Ray. */
import { ContainerImage, type FargateTaskDefinition, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { acknowledgeTask } from '../functions/index.ts';

/** AWS's distribution; https://aws-otel.github.io/docs/setup/ecs */
const IMAGE = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0';

/** Where a container of the same task sends OTLP/HTTP; containers of a task in awsvpc mode share the loopback. */
export const OTLP_ENDPOINT = 'http://127.0.0.1:4318';

const CONFIG = {
  receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:4318' } } } },
  processors: { batch: { timeout: '5s' }, memory_limiter: { check_interval: '1s', limit_mib: 100 } },
  exporters: { awsxray: {} },
  service: {
    pipelines: { traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['awsxray'] } },
  },
};

/** The collector is not essential: when it dies, traces are lost but customers are served. */
export function addCollector(task: FargateTaskDefinition, logGroup: ILogGroup): void {
  task.addContainer('otel', {
    image: ContainerImage.fromRegistry(IMAGE),
    essential: false,
    memoryLimitMiB: 128,
    // JSON is valid YAML; the collector reads its whole configuration from this variable.
    environment: { AOT_CONFIG_CONTENT: JSON.stringify(CONFIG) },
    logging: LogDrivers.awsLogs({ streamPrefix: 'otel', logGroup }),
    readonlyRootFilesystem: true,
  });
  task.addToTaskRolePolicy(
    new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
  );
  acknowledgeTask(task);
}
