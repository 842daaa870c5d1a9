/** `npm run build`: what `npm pack` publishes. JavaScript with types, the handlers and the recorder ready-bundled. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandlers, bundleRecorder } from '../lib/assets/index.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
chmodSync(join(DIST, 'bin', 'crossfade.js'), 0o755);
bundleHandlers(join(DIST, 'bundles'));
bundleRecorder(join(DIST, 'recorder-image'));
// The rehearsal synthesises with the same context as this repository does.
copyFileSync(join(ROOT, 'cdk.json'), join(DIST, 'cdk.json'));
