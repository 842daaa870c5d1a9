/** Where this repository, or the published package, has what the stacks deploy. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Node before 20.11 does not know it, and a bundler that writes CommonJS leaves it out. */
const here: string | undefined = import.meta.dirname;

/** Where the package contains its finished bundles: they are the handlers of whoever has no sources. */
const PACKAGED = 'bundles';
const SOURCES = 'lambdas';

export const HOME = here === undefined ? '' : join(here, '..', '..');
export const READY = join(HOME, PACKAGED);

if (here === undefined || ![PACKAGED, SOURCES].some((folder) => existsSync(join(HOME, folder))))
  throw new Error(
    `crossfade does not find what it deploys beside its own file (${here ?? 'whose folder is unknown'}): a bundler has copied it into another file, or Node ${process.versions.node} is too old. Nothing was synthesised. Next: leave crossfade out of the bundle (esbuild: --external:crossfade, webpack: externals), and use Node 22.12 or newer.`,
  );
