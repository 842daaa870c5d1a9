/** Lambda and a container's own user can read what is deployed, whatever the umask of the person who deploys it. */
import { chmodSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { envoyImage } from '../../lib/assets/index.ts';
import { ReadableCode, ReadableImage } from '../../lib/assets/readable.ts';
import { temporaryFolder } from '../support/folder.ts';

const temporary = temporaryFolder();

/** Creates a source folder with the permissions that `umask 077` leaves. */
function closedSource(folder: string): string {
  const inner = join(folder, 'source', 'inner');
  mkdirSync(inner, { recursive: true });
  for (const file of ['index.mjs', 'Dockerfile', 'inner/more.mjs']) {
    writeFileSync(join(folder, 'source', file), '');
    chmodSync(join(folder, 'source', file), 0o600);
  }
  for (const dir of [inner, join(folder, 'source')]) chmodSync(dir, 0o700);
  return join(folder, 'source');
}

const modesIn = (folder: string) =>
  [folder, ...globSync('**/*', { cwd: folder }).map((file) => join(folder, file))].map((path) => {
    const found = statSync(path);
    return `${found.isDirectory() ? 'd' : '-'}${(found.mode & 0o777).toString(8)}`;
  });

describe('a copy in the assembly', () => {
  it.each(['code', 'image'])('of %s can be read by everybody, and its source is left as it was', (what) => {
    const folder = join(temporary.path, what);
    const source = closedSource(folder);
    const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Shop');
    if (what === 'code')
      new LambdaFunction(stack, 'Fn', {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: new ReadableCode(source),
      });
    else new FargateTaskDefinition(stack, 'Task').addContainer('one', { image: new ReadableImage(source) });
    const [copy = ''] = globSync('out/asset.*', { cwd: folder });
    expect(modesIn(join(folder, copy)).sort()).toEqual(['-644', '-644', '-644', 'd755', 'd755']);
    expect(new Set(modesIn(source))).toEqual(new Set(['-600', 'd700']));
  });
});

it('makes Envoy’s image within the assembly, and not among everybody’s temporary files', () => {
  const folder = temporary.path;
  const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Shop');
  const image = envoyImage({ configuration: '{}', start: '' });
  new FargateTaskDefinition(stack, 'Task').addContainer('one', { image });
  expect(globSync('out/envoy-image-*/{Dockerfile,envoy.json,start.sh}', { cwd: folder })).toHaveLength(3);
});
