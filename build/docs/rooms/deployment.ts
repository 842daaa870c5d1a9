/** What runs in an account, what deploys it there, and what shows it. */
import { AWS, MODEL, type Room } from './room.ts';

const CDK = ['aws-cdk-lib', 'constructs'];

export const DEPLOYMENT: Readonly<Record<string, Room>> = {
  'mirror/message': { imports: ['http'] },
  mirror: {
    purpose: 'One span for each request through the mirror.',
    imports: ['mirror/message'],
    packages: ['@opentelemetry/*'],
  },
  'mirror/recorder': {
    imports: ['core/status', 'http', 'capture', 'capture/*', 'mirror/message'],
    packages: ['@aws-sdk/client-firehose', 'undici'],
  },
  'mirror/config': { imports: ['input', 'capture', 'capture/redaction', 'mirror/recorder'] },
  'mirror/envoy': { imports: ['http'], pure: true },
  'mirror/sidecar': {
    purpose: 'The recorder as a process beside Envoy.',
    imports: ['capture', 'capture/*', 'mirror', 'mirror/config', 'mirror/envoy', 'mirror/message', 'mirror/recorder'],
    packages: ['undici'],
  },
  'mirror/local': { imports: ['mirror/config', 'mirror/envoy'] },
  'mirror/embedded': {
    purpose: 'A small proxy of node’s own parts, where there is no Envoy.',
    imports: ['http', 'capture', 'capture/*', 'mirror', 'mirror/config', 'mirror/message', 'mirror/recorder'],
    packages: ['undici'],
  },

  'lambdas/aws/calls': { imports: ['input', MODEL], packages: ['@aws-sdk/credential-provider-env'] },
  'lambdas/aws/dynamo': {
    imports: [MODEL, 'lambdas/aws/calls', 'parity/rules', 'parity/tally'],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
  },
  'lambdas/aws/cloudwatch': {
    imports: [MODEL, 'core/gate', 'core/status', 'lambdas/aws/calls', 'parity/tally'],
    packages: ['@aws-sdk/client-cloudwatch'],
  },
  'lambdas/aws/elb': {
    imports: ['core/listener', MODEL, 'core/fence', 'lambdas/aws/calls'],
    packages: ['@aws-sdk/client-elastic-load-balancing-v2'],
  },
  'lambdas/aws/ecs': {
    purpose: "The stable side's capacity.",
    imports: ['core/listener', MODEL, 'lambdas/aws/calls'],
    packages: ['@aws-sdk/client-application-auto-scaling', '@aws-sdk/client-ecs'],
  },
  'lambdas/aws/states': { imports: [MODEL, 'input', 'lambdas/aws/calls'], packages: ['@aws-sdk/client-sfn'] },
  'lambdas/aws': {
    purpose: 'EventBridge, S3, SNS and Lambda.',
    imports: ['input', MODEL, 'core/status', 'lambdas/aws/calls', 'capture'],
    packages: ['@aws-sdk/client-eventbridge', '@aws-sdk/client-lambda', '@aws-sdk/client-s3', '@aws-sdk/client-sns'],
  },
  'lambdas/providers': {
    imports: [MODEL, 'core/metrics', 'input', 'lambdas/aws/calls', 'lambdas/aws/cloudwatch'],
    packages: ['@aws-sdk/client-cloudwatch', '@aws-sdk/client-lambda', '@aws-sdk/client-secrets-manager'],
  },
  'lambdas/zones': { imports: ['core/campaign'] },
  'lambdas/chat': { imports: ['core/status', 'input'] },
  'lambdas/events': {
    imports: ['core/listener', MODEL, 'input', 'core/fence', 'parity/compare', 'parity/tally'],
    packages: ['aws-lambda'],
  },
  'lambdas/tasks': { imports: ['core/listener', MODEL, 'core/fence', 'core/phases', 'parity/tally'] },
  'lambdas/compose': {
    purpose:
      'Ports over AWS, of which each handler composes its own; without a face, of which every bundle would carry the whole.',
    imports: [
      'core/campaign',
      'core/listener',
      MODEL,
      'lambdas/aws',
      AWS,
      'lambdas/providers',
      'lambdas/tasks',
      'lambdas/zones',
    ],
    packages: ['@aws-sdk/*'],
  },
  lambdas: {
    purpose: 'One handler a file.',
    imports: ['core/*', 'input', 'capture', 'capture/*', 'parity/compare', 'parity/tally', 'lambdas/*'],
    packages: [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/client-secrets-manager',
      'aws-lambda',
    ],
    files: { most: 20, why: 'one file for each deployed function' },
  },

  'console/view': { imports: ['input', MODEL, 'core/evaluation', 'core/phases'], pure: true },
  'console/page': {
    purpose: 'The page: components and charts, for a browser; without a face, for nothing imports it.',
    imports: ['console/view'],
    packages: ['preact', 'uplot'],
    files: { most: 20, why: 'one component a file' },
  },
  'console/document': { imports: ['input', 'console/view'], packages: ['esbuild'] },
  'console/server': { imports: ['input', 'console/document', 'console/view'] },

  report: { imports: [MODEL, 'input', 'parity/causes', 'parity/compare', 'parity/tally'] },

  'lib/assets': { imports: [], packages: [...CDK, 'esbuild'] },
  'lib/functions': { imports: ['lib/assets'], packages: CDK },
  'lib/props': { imports: [MODEL, 'input', 'json'], packages: CDK },
  'lib/listener': { imports: [MODEL, 'lib/functions', 'lib/props'], packages: CDK },
  'lib/notices': { imports: ['lib/functions', 'lib/props'], packages: CDK },
  'lib/alarms': {
    imports: [MODEL, 'core/gate', 'core/metrics', 'core/runbook', 'core/status', 'lib/props'],
    packages: CDK,
  },
  'lib/parity': { imports: [MODEL, 'lib/functions', 'lib/props'], packages: CDK },
  'lib/mirror': { imports: ['lib/assets', 'lib/functions', 'lib/props', 'mirror/envoy'], packages: CDK },
  'lib/cutover': {
    imports: [
      MODEL,
      'core/phases',
      'core/runbook',
      'core/status',
      'input',
      'lib/alarms',
      'lib/assets',
      'lib/functions',
      'lib/listener',
      'lib/notices',
      'lib/parity',
      'lib/props',
    ],
    packages: CDK,
  },
  'lib/campaign': { imports: [MODEL, 'lib/cutover', 'lib/functions', 'lib/notices', 'lib/props'], packages: CDK },
  'lib/operators': {
    imports: [MODEL, 'core/status', 'lib/alarms', 'lib/cutover', 'lib/functions', 'lib/props'],
    packages: CDK,
  },
  'lib/stacks': {
    imports: [MODEL, 'lib/assets', 'lib/cutover', 'lib/functions', 'lib/listener', 'lib/mirror', 'lib/operators'],
    packages: CDK,
  },
  lib: { imports: ['core/acceptance', MODEL, 'input', 'lib/*'], packages: ['aws-cdk-lib'] },
};
