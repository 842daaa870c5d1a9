/**
 * A rehearsal running on this machine, as other commands find it: its deployment, the endpoint of its cloud, and its
 * clock.
 */
import * as z from 'zod';
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';
import { localEnvironment } from '../../rehearsal/machine/index.ts';
import { readJsonFile } from '../shared/index.ts';

export const rehearsedSchema = z.strictObject({
  rehearsal: z.strictObject({
    /** Only on this machine, so that no file can direct commands to another one. */
    endpoint: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/, 'must be an address such as http://127.0.0.1:4566'),
    region: z.string().min(1).max(40),
    /** Its time at a real time, both in milliseconds since the epoch, and how many times as fast it has run since. */
    clock: z.strictObject({ real: z.number(), simulated: z.number(), speed: z.number().positive() }),
  }),
  deployment: deploymentSchema,
});

type RehearsedDeployment = z.infer<typeof rehearsedSchema>;

/** The content of the file. */
export function rehearsedText(rehearsed: RehearsedDeployment): string {
  return `${JSON.stringify(rehearsed, null, 2)}\n`;
}

export interface Located {
  readonly deployment: Deployment;
  /** Milliseconds since the epoch, by the deployment's clock. */
  readonly now: () => number;
}

/** The clock of a busy rehearsal is slowed down; its file tells of it. */
const READ_AGAIN_MS = 1_000;

function clockIn(file: string, first: RehearsedDeployment['rehearsal']['clock']): () => number {
  let [line, readAt] = [first, Date.now()];
  return () => {
    const real = Date.now();
    if (real - readAt > READ_AGAIN_MS) {
      readAt = real;
      // The file goes with its rehearsal, whose time then runs on for whoever still looks at it.
      try {
        line = rehearsedSchema.parse(readJsonFile('--deployment', file)).rehearsal.clock;
      } catch {}
    }
    return line.simulated + (real - line.real) * line.speed;
  };
}

/** From here on, AWS is the rehearsal's cloud for the whole process; the person's credentials are not sent to it. */
export function enterRehearsal(file: string, { rehearsal, deployment }: RehearsedDeployment): Located {
  const { endpoint, region, clock } = rehearsal;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, localEnvironment(endpoint), { AWS_REGION: region });
  return { deployment, now: clockIn(file, clock) };
}
