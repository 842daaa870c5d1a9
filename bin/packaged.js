/** Ends the process, before anything of ours is loaded, on a Node that is too old for the package. */
import { readFileSync } from 'node:fs';

/** npm, pnpm and yarn only warn of `engines`. */
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = String(engines.node).replace('>=', '');

if (!isAtLeast(process.versions.node, needed)) {
  console.error(
    `crossfade needs Node ${needed} or newer, and this is Node ${process.versions.node} (${process.execPath}). Nothing was started.
Next: run it with a newer Node.`,
  );
  process.exit(2);
}
// Dependencies are bundled, so Node takes their deprecated calls for ours, and would warn of each rehearsal's database.
process.noDeprecation = true;

/** @param {string} version @param {string} least */
function isAtLeast(version, least) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
