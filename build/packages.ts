/**
 * Bundles the packages that our modules import beside them, so that whoever installs our package installs none of
 * these.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..');
const CHUNKS = 'packages';
const manifest = z.object({ name: z.string(), version: z.string(), license: z.unknown() });
/** CommonJS packages need `require` and `__dirname`, which an ES module does not have. */
const COMMON_JS =
  "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url),__dirname=import.meta.dirname;\n";
/** The file from which piscina starts its threads: it looks for this name beside itself. */
const THREAD = { in: join(ROOT, 'node_modules', 'piscina', 'dist', 'worker.js'), out: join(CHUNKS, 'worker') };
/** A native module with which piscina changes the priority of threads, which nobody uses here. */
const NEVER_LOADED = ['@napi-rs/nice'];

/** Our modules import each other at their own paths, by which they find workers, bundles and the page. */
const ownModules: Plugin = {
  name: 'own-modules',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, importer }) =>
      importer.includes('node_modules') ? null : { path, external: true },
    );
  },
};

/** dynalite's store on disk is a native module; a rehearsal keeps its tables in memory. */
const noStoreOnDisk: Plugin = {
  name: 'no-store-on-disk',
  setup(build) {
    build.onResolve({ filter: /^level$/ }, () => ({ path: 'level', namespace: 'none' }));
    build.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** dynalite names its actions without file endings, which a bundler needs. */
const namedActions: Plugin = {
  name: 'named-actions',
  setup(build) {
    build.onLoad({ filter: /node_modules.dynalite.index\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /require\('(\.\/\w+\/)' \+ action\)/g,
        "require('$1' + action + '.js')",
      ),
      loader: 'js',
    }));
  },
};

const actionsOfService = z.record(z.string(), z.object({ name: z.string(), resourceTypes: z.array(z.unknown()) }));

/**
 * iam-data reads files of 15 MB; a rehearsal needs only the names of actions, and whether a policy may name resources
 * for them.
 */
const actionNames: Plugin = {
  name: 'action-names',
  setup(build) {
    build.onLoad({ filter: /iam-data.dist.esm.readRelativeFile\.js$/ }, ({ path }) => {
      const folder = join(dirname(path), '..', '..', 'data', 'actions');
      const services = readdirSync(folder).map((file) => {
        const actions = actionsOfService.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
        const by = Map.groupBy(Object.values(actions), ({ resourceTypes }) => resourceTypes.length > 0);
        const names = (named: boolean) => (by.get(named) ?? []).map(({ name }) => name);
        return [file, [names(true), names(false)]];
      });
      return {
        contents: `const services = ${JSON.stringify(Object.fromEntries(services))};
const entries = (names, resourceTypes) => names.map((name) => [name.toLowerCase(), { name, resourceTypes }]);
export async function readRelativeFile([, , file]) {
  const [onResources, onAll] = services[file];
  return Object.fromEntries([...entries(onResources, ['*']), ...entries(onAll, [])]);
}`,
      };
    });
  },
};

/**
 * Rewrites the modules below `dist`: packages that are not in `installed` go into chunks beside them, with their
 * licences.
 * @throws esbuild's error
 */
export async function bundlePackages(dist: string, installed: readonly string[]): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      ...globSync('**/*.js', { cwd: dist }).map((file) => ({ in: join(dist, file), out: file.replace(/\.js$/, '') })),
      THREAD,
    ],
    outdir: dist,
    chunkNames: `${CHUNKS}/[hash]`,
    allowOverwrite: true,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // Node prints the line that threw, which would be the whole module if a module were a single line.
    lineLimit: 160,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    mainFields: ['module', 'main'],
    external: [...installed, ...NEVER_LOADED].flatMap((name) => [name, `${name}/*`]),
    plugins: [ownModules, noStoreOnDisk, namedActions, actionNames],
    logLevel: 'warning',
  });
  mkdirSync(join(dist, CHUNKS));
  for (const { path, text } of outputFiles)
    writeFileSync(path, dirname(path) === join(dist, CHUNKS) ? COMMON_JS + text : text);
  writeFileSync(join(dist, CHUNKS, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
}

/** The licences of the packages that the files come from: each text once, with the names of its packages. */
function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = manifest.parse(
      JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
    );
    const file = readdirSync(join(ROOT, folder)).find((found) => /^(?:un)?licen[cs]e/i.test(found));
    const text =
      file === undefined
        ? `Licence: ${JSON.stringify(license)}`
        : readFileSync(join(ROOT, folder, file), 'utf8').trim();
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
  }
  return [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
