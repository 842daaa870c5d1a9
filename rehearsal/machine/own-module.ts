/**
 * This project's own modules, `.ts` in the repository and `.js` in the published package: their paths, and the command
 * that runs them.
 */
import { extname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const EXTENSION = extname(import.meta.filename);

/** The beginning of a command line for the program. */
export const OWN_PROGRAM = EXTENSION === '.ts' ? 'npm run crossfade --' : 'npx crossfade';

/** Path of a module below the root, named without its extension. */
export function ownModule(...parts: readonly string[]): string {
  return `${join(ROOT, ...parts)}${EXTENSION}`;
}
