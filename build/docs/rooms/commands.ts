/** The CLI, a room for each family of commands. */
import { AWS, MODEL, type Room } from './room.ts';

const COMPARISON = ['http', 'input', 'json', 'capture', 'capture/*', 'parity/*'];

export const COMMANDS: Readonly<Record<string, Room>> = {
  'cli/shared': {
    imports: [MODEL, 'json', 'input', 'capture/redaction', 'parity/causes', 'parity/rules'],
    packages: ['commander', 'yaml'],
  },
  'cli/run': {
    imports: [
      'core/*',
      'input',
      'json',
      'capture',
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
  'cli/compare/contract/requests/texts': {
    imports: ['json', 'input', 'capture/redaction', 'parity/tally', 'cli/shared'],
  },
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
      'http',
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
};
