/** Bundling for Node 24, in this repository only: the published package carries the bundles ready-made. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Esbuild from 'esbuild';

export interface BundleOptions {
  /** What an entry imports late stands in chunks beside it. @default - all in one module */
  readonly split?: boolean;
  /** Files that replace packages. */
  readonly instead?: Readonly<Record<string, string>>;
  /** How the modules' names end. @default '.mjs' */
  readonly extension?: '.mjs' | '.js';
}

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Bundles entries, each into one self-contained ES module below `outdir`. @throws esbuild's error when the sources do not build.
 * @returns files that went into them, from this repository's root
 */
export function bundleModule(
  entryPoints: { in: string; out: string }[],
  outdir: string,
  { split = false, instead = {}, extension = '.mjs' }: BundleOptions = {},
): string[] {
  // Loaded here and not above: users of the package have no esbuild and need none.
  const { buildSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  mkdirSync(outdir, { recursive: true });
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints,
    outdir,
    outExtension: { '.js': extension },
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
  return Object.keys(metafile.inputs);
}
