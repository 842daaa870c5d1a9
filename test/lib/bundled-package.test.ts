/** Somebody's bundler copies the package into their app, away from the bundles that it deploys. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const SAYS =
  /crossfade does not find what it deploys .* leave crossfade out of the bundle \(esbuild: --external:crossfade/;

describe('the package in somebody’s bundle', () => {
  const bundled = (format: 'cjs' | 'esm', name: string): string => {
    const outfile = join(folder.path, 'theirs', name);
    buildSync({
      entryPoints: [join(import.meta.dirname, '..', '..', 'lib', 'assets', 'handlers.ts')],
      outfile,
      format,
      bundle: true,
      platform: 'node',
      external: ['aws-cdk-lib', 'esbuild'],
      logLevel: 'silent',
    });
    return outfile;
  };

  it('says what to leave out, as CommonJS', () => {
    const file = bundled('cjs', 'app.cjs');
    expect(() => createRequire(import.meta.url)(file)).toThrow(SAYS);
  });

  it('says what to leave out, as an ES module', async () => {
    await expect(import(pathToFileURL(bundled('esm', 'app.mjs')).href)).rejects.toThrow(SAYS);
  });
});
