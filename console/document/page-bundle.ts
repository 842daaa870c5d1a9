/** Script and style of the page: ready-made in the published package, bundled once per process in this repository. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Esbuild from 'esbuild';

export interface PageBundle {
  /** JavaScript: a classic script without imports. */
  readonly script: string;
  readonly style: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
/** Where the package contains them. */
const READY = join(ROOT, 'page');
const SCRIPT = 'page.js';
const STYLE = 'page.css';

let bundle: PageBundle | undefined;

/** @throws esbuild's error if the sources do not build */
export function pageBundle(): PageBundle {
  bundle ??= existsSync(READY)
    ? { script: readFileSync(join(READY, SCRIPT), 'utf8'), style: readFileSync(join(READY, STYLE), 'utf8') }
    : build();
  return bundle;
}

/** Names and contents of the files that the package contains. */
export function pageFiles(): readonly (readonly [name: string, text: string])[] {
  const { script, style } = build();
  return [
    [SCRIPT, script],
    [STYLE, style],
  ];
}

function build(): PageBundle {
  // Loaded here and not at the top, because users of the package have no esbuild and need none.
  const { buildSync }: typeof Esbuild = createRequire(import.meta.url)('esbuild');
  const page = join(ROOT, 'console', 'page');
  const { outputFiles } = buildSync({
    entryPoints: [{ in: join(page, 'main.tsx'), out: 'page' }],
    outdir: page,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome120', 'firefox120', 'safari17'],
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  const text = (name: string) => outputFiles.find(({ path }) => path.endsWith(name))?.text ?? '';
  return { script: text(SCRIPT), style: text(STYLE) };
}
