/**
 * The images of the mirror's task: Envoy with its configuration, and the recorder. Docker is needed to deploy them, not
 * to synthesise.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { type ContainerDefinition, ContainerImage, type ContainerImageConfig } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { bundleModule } from './bundle.ts';
import { HOME } from './home.ts';
import { madeOnce } from './made-once.ts';
import { ReadableImage } from './readable.ts';

/** Where the package contains the finished recorder. */
const READY = join(HOME, 'recorder-image');
const OUT = join(HOME, '.crossfade', 'recorder-image');

/** @param base replaces the Dockerfile's base image @throws esbuild's error if the recorder does not build */
export function recorderImage(base?: string): ContainerImage {
  const ready = existsSync(READY);
  if (!ready) madeOnce(OUT, bundleRecorder);
  return new ReadableImage(ready ? READY : OUT, base);
}

/**
 * The build context: the recorder's two bundles, one per thread, and their Dockerfile.
 * @returns like {@link bundleModule}
 * @throws esbuild's error
 */
export function bundleRecorder(outdir: string): string[] {
  mkdirSync(outdir, { recursive: true });
  const entries = [
    { in: join(HOME, 'mirror', 'sidecar', 'main.ts'), out: 'main' },
    { in: join(HOME, 'mirror', 'recorder', 'delivery-thread.ts'), out: 'delivery-thread' },
  ];
  const inputs = bundleModule(entries, outdir);
  const dockerfile = join('mirror', 'sidecar', 'Dockerfile');
  copyFileSync(join(HOME, dockerfile), join(outdir, 'Dockerfile'));
  return [...inputs, dockerfile];
}

export interface EnvoyFiles {
  /** Envoy's configuration, JSON. */
  readonly configuration: string;
  /** Bash script that is process 1 of the container; it reads the configuration from `ENVOY_CONFIG`. */
  readonly start: string;
}

const DOCKERFILE = `# The configuration is made by mirror/envoy; test/mirror/envoy.sh tries it with this version. The digest is that of all platforms.
ARG BASE=docker.io/envoyproxy/envoy:v1.39.3@sha256:dd85940439de19a0b6ae8419610363ea0ad351d9a994ea007161c206ec1e1865
FROM \${BASE}
USER 101:101
WORKDIR /etc/crossfade
COPY envoy.json start.sh ./
EXPOSE 8081 8082 8083
ENTRYPOINT ["bash", "/etc/crossfade/start.sh"]
`;

/**
 * The configuration has 40 kB of the 64 that a task definition may have, so it is part of the image. `base` replaces
 * the Dockerfile's base image. The build context is in the assembly, because a temporary folder with a known name could
 * belong to another user.
 */
export function envoyImage(files: EnvoyFiles, base?: string): ContainerImage {
  return new EnvoyImage(files, base);
}

class EnvoyImage extends ContainerImage {
  readonly #files: EnvoyFiles;
  readonly #base: string | undefined;

  constructor(files: EnvoyFiles, base: string | undefined) {
    super();
    this.#files = files;
    this.#base = base;
  }

  override bind(scope: Construct, container: ContainerDefinition): ContainerImageConfig {
    const hash = createHash('sha256').update(JSON.stringify(this.#files)).digest('hex').slice(0, 16);
    const stage = Stage.of(scope);
    if (stage === undefined) throw new TypeError('an image is made within an app');
    const folder = join(stage.assetOutdir, `envoy-image-${hash}`);
    writeEnvoyContext(this.#files, folder);
    return new ReadableImage(folder, this.#base).bind(scope, container);
  }
}

/** Writes the build context of {@link envoyImage}. */
export function writeEnvoyContext({ configuration, start }: EnvoyFiles, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE);
  writeFileSync(join(folder, 'envoy.json'), configuration);
  writeFileSync(
    join(folder, 'start.sh'),
    `cd "$(dirname "$0")" && ENVOY_CONFIG=$(cat envoy.json) && export ENVOY_CONFIG\n${start}`,
  );
}
