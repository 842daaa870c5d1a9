/**
 * Makes deployed files readable for whoever runs them, whatever the umask of the deploying machine. A zip and an image
 * keep file modes, and with `umask 077` neither Lambda nor an image's own user could read them. Only the assembly's
 * copies are changed.
 */
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AssetStaging } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { AssetImage, type ContainerDefinition, type ContainerImageConfig } from 'aws-cdk-lib/aws-ecs';
import { AssetCode, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const FILE = 0o644;
const FOLDER = 0o755;

export class ReadableCode extends AssetCode {
  override bind(scope: Construct): CodeConfig {
    const config = super.bind(scope);
    letEverybodyRead(scope);
    return config;
  }
}

/** An image that is built on deployment. `base` replaces its Dockerfile's base image. */
export class ReadableImage extends AssetImage {
  constructor(folder: string, base?: string) {
    super(folder, {
      platform: Platform.LINUX_ARM64,
      ...(base === undefined ? {} : { buildArgs: { BASE: base } }),
    });
  }

  override bind(scope: Construct, container: ContainerDefinition): ContainerImageConfig {
    const config = super.bind(scope, container);
    letEverybodyRead(scope);
    return config;
  }
}

function letEverybodyRead(scope: Construct): void {
  for (const staging of scope.node.findAll())
    if (staging instanceof AssetStaging && staging.absoluteStagedPath !== staging.sourcePath)
      openFolder(staging.absoluteStagedPath);
}

function openFolder(folder: string): void {
  chmodSync(folder, FOLDER);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openFolder(join(folder, entry.name));
    else if (entry.isFile()) chmodSync(join(folder, entry.name), FILE);
}
