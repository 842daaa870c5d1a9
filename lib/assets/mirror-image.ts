/** The mirror's container image: two bundled modules, one a thread, on a small base. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { bundleModule } from './bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where the package carries it. */
const READY = join(ROOT, 'mirror-image');
const OUT = join(ROOT, '.crossfade', 'mirror-image');

/**
 * Docker is needed to deploy it, not to synthesise. `base` replaces the Dockerfile's base image.
 * @throws esbuild's error when the mirror does not build.
 */
export function mirrorImage(base?: string): ContainerImage {
  const ready = existsSync(READY);
  if (!ready) bundleMirror(OUT);
  return ContainerImage.fromAsset(ready ? READY : OUT, {
    platform: Platform.LINUX_ARM64,
    ...(base === undefined ? {} : { buildArgs: { BASE: base } }),
  });
}

/** The build context: the bundles and their Dockerfile. @throws esbuild's error */
export function bundleMirror(outdir: string): void {
  mkdirSync(outdir, { recursive: true });
  const entries = [
    { in: join(ROOT, 'mirror', 'embedded', 'main.ts'), out: 'main' },
    { in: join(ROOT, 'mirror', 'recorder', 'delivery-thread.ts'), out: 'delivery-thread' },
  ];
  bundleModule(entries, outdir);
  copyFileSync(join(ROOT, 'mirror', 'embedded', 'Dockerfile'), join(outdir, 'Dockerfile'));
}
