/** The tap's container image: one bundled module on a distroless base. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { bundleModule } from './handlers.ts';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, '.crossfade', 'tap-image');

/** Docker is needed to deploy it, not to synthesise. @throws esbuild's error when the tap does not build. */
export function tapImage(): ContainerImage {
  mkdirSync(OUT, { recursive: true });
  bundleModule([{ in: join(ROOT, 'tap', 'main.ts'), out: 'main' }], OUT);
  copyFileSync(join(ROOT, 'tap', 'Dockerfile'), join(OUT, 'Dockerfile'));
  return ContainerImage.fromAsset(OUT, { platform: Platform.LINUX_ARM64 });
}
