/** Entries, and what makes the package and its pages. */
import { MODEL, type Room } from './room.ts';

export const TOOLS: Readonly<Record<string, Room>> = {
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
      'build/docs/rooms',
    ],
    packages: ['commander'],
    files: { most: 16, why: 'one page a file, and the parts that pages share' },
  },
  'build/docs/rooms': { imports: [] },
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
