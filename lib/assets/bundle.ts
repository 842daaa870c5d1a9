/** Bundling for Node 24, in this repository only: the published package carries the bundles ready-made. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Esbuild from 'esbuild';

export interface BundleOptions {
  /** What an entry imports late stands in chunks beside it. @default - all in one module */
  readonly split?: boolean;
  /** Files in the place of packages. */
  readonly instead?: Readonly<Record<string, string>>;
}

/**
 * Bundles entries, each into one self-contained ES module below `outdir`. @throws esbuild's error when the sources do not build.
 */
export function bundleModule(
  entryPoints: { in: string; out: string }[],
  outdir: string,
  { split = false, instead = {} }: BundleOptions = {},
): void {
  // Loaded here and not above: users of the package have no esbuild and need none.
  const { buildSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  mkdirSync(outdir, { recursive: true });
  buildSync({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: split,
    alias: { ...instead },
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Of a package's CommonJS files, which come first otherwise, nothing can be left out.
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    // CommonJS dependencies of the SDK ask for `require`, which an ES module does not have.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}
