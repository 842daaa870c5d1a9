/**
 * A rehearsal running on this machine, as other commands find it: its deployment, the endpoint of its cloud, and its
 * clock.
 */
import * as z from 'zod';
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';
import { localEnvironment, ScaledClock } from '../../rehearsal/machine/index.ts';

export const rehearsedSchema = z.strictObject({
  rehearsal: z.strictObject({
    /** Only on this machine, so that no file can direct commands to another one. */
    endpoint: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/, 'must be an address such as http://127.0.0.1:4566'),
    region: z.string().min(1).max(40),
    /**
     * When its clock started, in milliseconds since the epoch, and how many times as fast as real time it has run
     * since.
     */
    clock: z.strictObject({ anchor: z.int(), speed: z.number().positive() }),
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

/** From here on, AWS is the rehearsal's cloud for the whole process; the person's credentials are not sent to it. */
export function enterRehearsal({ rehearsal, deployment }: RehearsedDeployment): Located {
  const { endpoint, region, clock } = rehearsal;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, localEnvironment(endpoint), { AWS_REGION: region });
  const scaled = new ScaledClock(clock);
  return { deployment, now: () => scaled.now() };
}
