/**
 * The code of the handlers: finished bundles in the published package, bundled once per synthesis in this repository.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleModule } from './bundle.ts';
import { HOME, READY } from './home.ts';
import { madeOnce } from './made-once.ts';
import { ReadableCode } from './readable.ts';

export const HANDLERS = [
  'preflight',
  'baseline',
  'capacity',
  'shift',
  'watch',
  'exercise',
  'signoff',
  'approved',
  'decommission',
  'drill',
  'complete',
  'rollback',
  'close-mirror',
  'verify-rollback',
  'watchdog',
  'weighted-rule',
  'parity-transform',
  'parity-backfill',
  'notify',
  'campaign',
] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** Where they are written here: outside the assembly, which copies what it needs. */
const OUT = join(HOME, '.crossfade', 'bundles');

let bundled = false;

/**
 * The bundled code of one handler. It includes the AWS SDK, because the runtime's own copy may change during a cutover.
 * @throws esbuild's error if the sources do not build
 */
export function handlerCode(name: HandlerName): Code {
  if (existsSync(READY)) return new ReadableCode(join(READY, name));
  if (!bundled) madeOnce(OUT, bundleHandlers);
  bundled = true;
  return new ReadableCode(join(OUT, name));
}

/**
 * Handlers that roll back load the clients for later steps only after the weights are safe, which shortens the time
 * until then.
 */
const SPLIT: readonly HandlerName[] = ['rollback', 'close-mirror', 'verify-rollback', 'watchdog'];

/** Bundles every handler to `<outdir>/<name>/index.mjs`. @returns like {@link bundleModule} @throws esbuild's error */
export function bundleHandlers(outdir: string): string[] {
  const lambdas = join(HOME, 'lambdas');
  const source = (name: HandlerName) => join(lambdas, `${name}.ts`);
  const instead = {
    '@aws-sdk/credential-provider-node': join(lambdas, 'aws', 'calls', 'environment-credentials.ts'),
  };
  const whole = bundleModule(
    HANDLERS.filter((name) => !SPLIT.includes(name)).map((name) => ({ in: source(name), out: join(name, 'index') })),
    outdir,
    { instead },
  );
  const inParts = SPLIT.flatMap((name) =>
    bundleModule([{ in: source(name), out: 'index' }], join(outdir, name), { split: true, instead }),
  );
  return [...whole, ...inParts];
}
