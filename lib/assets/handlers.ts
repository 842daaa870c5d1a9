/** The handlers' code: ready-made in the published package, bundled once per synthesis in this repository. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleModule } from './bundle.ts';
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

const ROOT = join(import.meta.dirname, '..', '..');

/** Where the package carries its bundles. */
const READY = join(ROOT, 'bundles');

/** Where they go here: outside the assembly, which copies what it needs. */
const OUT = join(ROOT, '.crossfade', 'bundles');

let bundled = false;

/**
 * The bundled code of one handler. The AWS SDK is bundled too: the runtime's own copy changes under a running cutover.
 * @throws esbuild's error when the sources do not build.
 */
export function handlerCode(name: HandlerName): Code {
  if (existsSync(READY)) return new ReadableCode(join(READY, name));
  if (!bundled) madeOnce(OUT, bundleHandlers);
  bundled = true;
  return new ReadableCode(join(OUT, name));
}

/** Whoever rolls back loads the clients that it needs only once the weights are safe after that: the way to safety is short. */
const SPLIT: readonly HandlerName[] = ['rollback', 'close-mirror', 'verify-rollback', 'watchdog'];

/** Bundles every handler to `<outdir>/<name>/index.mjs`. @returns as {@link bundleModule}. @throws esbuild's error */
export function bundleHandlers(outdir: string): string[] {
  const lambdas = join(ROOT, 'lambdas');
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
