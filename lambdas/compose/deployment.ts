/** The deployment as the stacks wrote it into the environment, and what is composed of it. */
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';

const VARIABLE = 'CROSSFADE_DEPLOYMENT';

/** @throws when the variable is absent or malformed: a function that was not deployed by the stacks. */
export function deploymentFromEnv(): Deployment {
  const text = process.env[VARIABLE];
  if (text === undefined)
    throw new Error(`${VARIABLE} is not set: this function must be deployed by Crossfade's constructs`);
  return deploymentSchema.parse(JSON.parse(text));
}

/** What a handler is given, built once per process on first use: a module that is imported makes no client. */
export function composed<T>(build: (deployment: Deployment) => T): () => T {
  let built: T | undefined;
  return () => {
    built ??= build(deploymentFromEnv());
    return built;
  };
}
