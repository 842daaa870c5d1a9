/** The deployment as the stacks wrote it into the environment, and what is composed from it. */
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';

const VARIABLE = 'CROSSFADE_DEPLOYMENT';

/** @throws if the variable is absent or malformed, which means that the stacks did not deploy the function */
export function deploymentFromEnv(): Deployment {
  const text = process.env[VARIABLE];
  if (text === undefined)
    throw new Error(`${VARIABLE} is not set: this function must be deployed by Crossfade's constructs`);
  return deploymentSchema.parse(JSON.parse(text));
}

/** Composes what a handler needs on first use, once per process, so that importing a module creates no client. */
export function composed<T>(build: (deployment: Deployment) => T): () => T {
  let built: T | undefined;
  return () => {
    built ??= build(deploymentFromEnv());
    return built;
  };
}
