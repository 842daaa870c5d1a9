/** Bundles for Node 24, in this repository only; the published package contains the finished bundles. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Esbuild from 'esbuild';
import { HOME } from './home.ts';

export interface BundleOptions {
  /** Whether late imports go into separate chunks. @default - everything in one module */
  readonly split?: boolean;
  /** Files that replace packages. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Extension of the modules. @default '.mjs' */
  readonly extension?: '.mjs' | '.js';
}

/**
 * Bundles each entry into a self-contained ES module below `outdir`.
 * @throws esbuild's error if the sources do not build
 * @returns the source files, relative to this repository's root
 */
export function bundleModule(
  entryPoints: { in: string; out: string }[],
  outdir: string,
  { split = false, instead = {}, extension = '.mjs' }: BundleOptions = {},
): string[] {
  // Loaded here and not at the top, because users of the package have no esbuild and need none.
  const { buildSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  mkdirSync(outdir, { recursive: true });
  const { metafile } = buildSync({
    absWorkingDir: HOME,
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
    // Unused parts of a package's CommonJS files, which would otherwise be preferred, cannot be removed.
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    // CommonJS dependencies of the SDK call `require`, which an ES module lacks.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return Object.keys(metafile.inputs);
}
