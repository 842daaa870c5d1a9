/** Bundling for Node 24, in this repository only: the published package carries the bundles ready-made. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Esbuild from 'esbuild';

/**
 * Bundles entries, each into one self-contained ES module below `outdir`; with `split`, what an entry imports late stands in
 * chunks beside it. @throws esbuild's error when the sources do not build.
 */
export function bundleModule(entryPoints: { in: string; out: string }[], outdir: string, split = false): void {
  // Loaded here and not above: users of the package have no esbuild and need none.
  const { buildSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  mkdirSync(outdir, { recursive: true });
  buildSync({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: split,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
    // CommonJS dependencies of the SDK ask for `require`, which an ES module does not have.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}
