/** The synthesised assembly: templates and assets as `cdk synth` wrote them, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const resourceSchema = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});
const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({ type: z.string(), properties: z.looseObject({ templateFile: z.string().optional() }).optional() }),
  ),
});
const assetsSchema = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string() }) })).default({}),
});

export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Assembly {
  readonly resources: readonly Resource[];
  /** `<stack>.<output>` → what it is, unresolved. */
  readonly outputs: ReadonlyMap<string, { readonly stack: string; readonly value: unknown }>;
  /** Folder of a file asset, by the key in its S3 object name. */
  assetDir(s3Key: string): string;
}

/** @throws when the folder is not a cloud assembly. */
export function loadAssembly(dir: string): Assembly {
  const manifest = manifestSchema.parse(readJson(join(dir, 'manifest.json')));
  const resources: Resource[] = [];
  const outputs = new Map<string, { stack: string; value: unknown }>();
  const assets = new Map<string, string>();
  for (const [stack, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) continue;
    const template = templateSchema.parse(readJson(join(dir, properties.templateFile)));
    for (const [logicalId, r] of Object.entries(template.Resources))
      resources.push({ stack, logicalId, type: r.Type, properties: r.Properties });
    for (const [name, { Value }] of Object.entries(template.Outputs))
      outputs.set(`${stack}.${name}`, { stack, value: Value });
    const { files } = assetsSchema.parse(readJson(join(dir, `${stack}.assets.json`)));
    for (const [hash, { source }] of Object.entries(files)) assets.set(hash, join(dir, source.path));
  }
  return {
    resources,
    outputs,
    assetDir(s3Key) {
      const found = assets.get(s3Key.replace(/\.zip$/, ''));
      if (found === undefined) throw new RangeError(`the assembly has no asset ${s3Key}`);
      return found;
    },
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
