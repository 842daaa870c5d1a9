/** The synthesised assembly: templates and assets as `cdk synth` wrote them, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.undefined('conditional resources are not known here').optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const outputSchema = z.looseObject({
  Value: z.unknown(),
  Export: z.looseObject({ Name: z.unknown() }).optional(),
});
export const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown() })).default({}),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z.record(z.string(), outputSchema).default({}),
});
export type Template = z.infer<typeof templateSchema>;

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

/** A value in a stack's template, unresolved. */
export interface Written {
  readonly stack: string;
  readonly value: unknown;
}

export interface Assembly {
  readonly resources: readonly Resource[];
  /** `<stack>.<output>` → its value. */
  readonly outputs: ReadonlyMap<string, Written>;
  /** Every output with an export name, which may itself be an intrinsic. */
  readonly exports: readonly { readonly stack: string; readonly name: unknown; readonly value: unknown }[];
  /** `<stack>.<parameter>` → its default. */
  readonly parameters: ReadonlyMap<string, unknown>;
  /** Folder of a file asset, by the key in its S3 object name. */
  assetDir(s3Key: string): string;
}

/** @throws if the folder is not a cloud assembly */
export function loadAssembly(dir: string): Assembly {
  const manifest = manifestSchema.parse(readJson(join(dir, 'manifest.json')));
  const templates: Record<string, Template> = {};
  const assets: Record<string, string> = {};
  for (const [stack, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) continue;
    templates[stack] = templateSchema.parse(readJson(join(dir, properties.templateFile)));
    const { files } = assetsSchema.parse(readJson(join(dir, `${stack}.assets.json`)));
    for (const [hash, { source }] of Object.entries(files)) assets[hash] = join(dir, source.path);
  }
  return assemblyOf(templates, assets);
}

/** The same from templates in memory, by stack name, and folders of assets, by hash. */
export function assemblyOf(
  templates: Readonly<Record<string, Template>>,
  assets: Readonly<Record<string, string>>,
): Assembly {
  const stacks = Object.entries(templates);
  const outputs = stacks.flatMap(([stack, { Outputs }]) =>
    Object.entries(Outputs).map(([name, { Value, Export }]) => ({ stack, name, value: Value, exported: Export?.Name })),
  );
  return {
    resources: stacks.flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).map(([logicalId, { Type, Properties }]) => ({
        stack,
        logicalId,
        type: Type,
        properties: Properties,
      })),
    ),
    outputs: new Map(outputs.map(({ stack, name, value }) => [`${stack}.${name}`, { stack, value }])),
    exports: outputs.flatMap(({ stack, value, exported }) =>
      exported === undefined ? [] : [{ stack, name: exported, value }],
    ),
    parameters: new Map(
      stacks.flatMap(([stack, { Parameters }]) =>
        Object.entries(Parameters).map(([name, { Default }]) => [`${stack}.${name}`, Default] as const),
      ),
    ),
    assetDir(s3Key) {
      const found = assets[s3Key.replace(/\.zip$/, '')];
      if (found === undefined) throw new RangeError(`the assembly has no asset ${s3Key}`);
      return found;
    },
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
