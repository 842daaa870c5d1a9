/** What is synthesised: time, templates, resources, and every IAM statement with a wildcard resource and its reason. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const oneOrMore = z.union([z.array(z.unknown()), z.unknown().transform((v) => [v])]);
const statementSchema = z.looseObject({ Action: oneOrMore.optional(), Resource: oneOrMore.optional() });
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) })),
});
const policySchema = z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(statementSchema) }) });

export async function run(): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'crossfade-synth-'));
  try {
    const startedAt = performance.now();
    execFileSync(join(ROOT, 'node_modules', '.bin', 'cdk'), ['synth', '--quiet', '--output', out], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    console.log(`cdk synth: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
    const wildcards = new Map<string, number>();
    let statements = 0;
    for (const file of readdirSync(out).filter((f) => f.endsWith('.template.json'))) {
      const { Resources } = templateSchema.parse(JSON.parse(readFileSync(join(out, file), 'utf8')));
      const resources = Object.values(Resources);
      console.log(
        `${file.replace('.template.json', '').padEnd(24)} ${String(resources.length).padStart(4)} resources ${String(Math.round(statSync(join(out, file)).size / 1024)).padStart(5)} kB`,
      );
      for (const { Properties } of resources.filter((r) => r.Type === 'AWS::IAM::Policy')) {
        for (const { Action = [], Resource = [] } of policySchema.parse(Properties).PolicyDocument.Statement) {
          statements++;
          if (!Resource.some((r) => JSON.stringify(r).includes('*'))) continue;
          const what = `${Action.join(', ')} on ${Resource.map(spelled).join(' ')}`;
          wildcards.set(what, (wildcards.get(what) ?? 0) + 1);
        }
      }
    }
    const count = [...wildcards.values()].reduce((a, b) => a + b, 0);
    console.log(`\n${statements} IAM statements, ${count} of them with a wildcard in a resource:`);
    for (const [what, n] of [...wildcards].sort(([, a], [, b]) => b - a))
      console.log(`${String(n).padStart(4)} × ${what}`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function spelled(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(resource);
  if (joined.success) return joined.data['Fn::Join'][1].map(spelled).join('');
  const [[name, value] = []] = Object.entries(z.record(z.string(), z.unknown()).parse(resource));
  return name === 'Ref' ? `<${String(value).replace('AWS::', '')}>` : `<${JSON.stringify(value)}>`;
}
