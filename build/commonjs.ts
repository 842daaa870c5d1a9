/**
 * The library once more as CommonJS, for who asks for it by `require`: Jest, which by itself loads no ES module that
 * way, and TypeScript before 5.8, which refuses to. The CLI and everything that the package runs by itself stay ES
 * modules.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

/** Two folders below `dist`, like the modules that look from where they stand for what is beside them (lib/assets). */
const FOLDER = join('lib', 'commonjs');
const ENTRY = join('lib', 'index');

/** @param installed packages that whoever installs ours has @throws esbuild's error */
export async function bundleCommonJs(dist: string, installed: readonly string[]): Promise<void> {
  const outdir = join(dist, FOLDER);
  await build({
    entryPoints: [join(dist, `${ENTRY}.js`)],
    outfile: join(outdir, 'index.js'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22.12',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
    external: installed.flatMap((name) => [name, `${name}/*`]),
    logLevel: 'warning',
    // Packages are bundled by then, and a chunk that a module names for nothing has nothing to say.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  copyDeclarations(dist, join(outdir, 'types'));
}

/** What the entry's declaration names, file by file: what a declaration is of is told by the package.json above it. */
function copyDeclarations(dist: string, outdir: string): void {
  const waiting = [join(dist, `${ENTRY}.d.ts`)];
  const seen = new Set(waiting);
  for (const file of waiting) {
    const copy = join(outdir, relative(dist, file));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(file, copy);
    for (const [, named = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.[jt]s['"]/g)) {
      const next = join(dirname(file), `${named}.d.ts`);
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
}
