/** Ends the process, before anything of ours is loaded, where a checkout is not installed whole. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One of those that are installed for a checkout alone. */
const DEVELOPMENT = join(import.meta.dirname, '..', 'node_modules', 'commander');

if (!existsSync(DEVELOPMENT))
  end(
    'This checkout is not installed, or without its development packages (NODE_ENV=production, omit=dev).',
    'npm ci --include=dev',
  );
if (!process.features.typescript)
  end(
    `Node ${process.versions.node} does not run TypeScript, and the npm package \`node\`, which brings one that does, was not set up: npm runs no install scripts here (ignore-scripts).`,
    'npm rebuild node --ignore-scripts=false; or use Node 22.18 or newer',
  );

/** @param {string} problem @param {string} next */
function end(problem, next) {
  console.error(`${problem} Nothing was started.\nNext: ${next}.`);
  process.exit(2);
}
