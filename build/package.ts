/**
 * `npm run build`: the files that `npm pack` publishes: JavaScript with types, and the handlers, the recorder, the page
 * and packages as bundles.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { pageFiles } from '../console/document/index.ts';
import { metricProviderSchema } from '../core/model/index.ts';
import { bundleHandlers, bundleModule, bundleRecorder } from '../lib/assets/index.ts';
import { bundleCommonJs } from './commonjs.ts';
import { describedSchema, docsOf } from './docs/index.ts';
import { bundlePackages } from './packages.ts';
import { documentType } from './plan-types.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
const planFile = readFileSync(join(ROOT, 'docs', 'reference', 'plan.schema.json'), 'utf8');
documentType(join(DIST, 'core', 'model', 'plan.d.ts'), ['PlanInput', 'planSchema'], JSON.parse(planFile));
documentType(
  join(DIST, 'core', 'model', 'deployment.d.ts'),
  ['MetricProviderInput', 'metricProviderSchema'],
  describedSchema(metricProviderSchema, docsOf(['core/model/deployment.ts'], 'metricProviderSchema')),
);
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});
const { dependencies, peerDependencies } = manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const installed = Object.keys({ ...dependencies, ...peerDependencies });
await bundlePackages(DIST, installed);
await bundleCommonJs(DIST, installed);
bundleHandlers(join(DIST, 'bundles'));
bundleRecorder(join(DIST, 'recorder-image'));
// Both sides of a rehearsal for people without their own services; bundled completely, because the package does not
// depend on their parts.
for (const [folder, entry] of [
  ['gateway-node', 'main'],
  ['upstream', 'server'],
] as const) {
  const outdir = join(DIST, 'examples', folder);
  bundleModule([{ in: join(ROOT, 'examples', folder, `${entry}.ts`), out: entry }], outdir, { extension: '.js' });
}
// The stacks name them as images, which a rehearsal synthesises and does not build.
for (const folder of ['gateway-go', 'gateway-node', 'upstream']) {
  mkdirSync(join(DIST, 'examples', folder), { recursive: true });
  copyFileSync(join(ROOT, 'examples', folder, 'Dockerfile'), join(DIST, 'examples', folder, 'Dockerfile'));
}
mkdirSync(join(DIST, 'page'));
for (const [name, text] of pageFiles()) writeFileSync(join(DIST, 'page', name), text);
// The rehearsal synthesises with the same context as this repository.
copyFileSync(join(ROOT, 'cdk.json'), join(DIST, 'cdk.json'));
