/** The handlers' code: bundled once per synthesis, one self-contained file each. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

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
  'complete',
  'rollback',
  'close-tap',
  'verify-rollback',
  'watchdog',
  'weighted-rule',
  'parity-transform',
] as const;
export type HandlerName = (typeof HANDLERS)[number];

const ROOT = join(import.meta.dirname, '..');

/** Where bundles go: outside the assembly, which copies what it needs. */
const OUT = join(ROOT, '.crossfade', 'bundles');

let bundled = false;

/**
 * The bundled code of one handler. The AWS SDK is bundled too: the runtime's own copy changes under a running cutover.
 * @throws esbuild's error when the sources do not build.
 */
export function handlerCode(name: HandlerName): Code {
  if (!bundled) bundle();
  bundled = true;
  return Code.fromAsset(join(OUT, name));
}

function bundle(): void {
  bundleModule(
    HANDLERS.map((name) => ({ in: join(ROOT, 'lambdas', `${name}.ts`), out: join(name, 'index') })),
    OUT,
  );
}

/** Bundles entries for Node 24, each into one self-contained ES module below `outdir`. @throws esbuild's error */
export function bundleModule(entryPoints: { in: string; out: string }[], outdir: string): void {
  mkdirSync(outdir, { recursive: true });
  buildSync({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
    // CommonJS dependencies of the SDK ask for `require`, which an ES module does not have.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}
