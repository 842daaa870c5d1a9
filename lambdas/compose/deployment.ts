/** The deployment as the stacks wrote it into the environment. */
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';

const VARIABLE = 'CROSSFADE_DEPLOYMENT';

/** @throws when the variable is absent or malformed: a function that was not deployed by the stacks. */
export function deploymentFromEnv(): Deployment {
  const text = process.env[VARIABLE];
  if (text === undefined)
    throw new Error(`${VARIABLE} is not set: this function must be deployed by Crossfade's constructs`);
  return deploymentSchema.parse(JSON.parse(text));
}
