import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envoyBinary } from '../../mirror/local/index.ts';

const ENVOY = (version: string) =>
  `envoy  version: 6eb0d2d97489ec1b4e1584a004f5de443d97a41b/${version}/Clean/RELEASE/BoringSSL`;

/** Creates a folder with a program called `envoy` that prints `says`. */
function folderWith(says: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'));
  writeFileSync(join(folder, 'envoy'), `#!/bin/sh\necho '${says}'\n`);
  chmodSync(join(folder, 'envoy'), 0o755);
  return folder;
}

describe('Envoy on this machine', () => {
  it('is the first of its name in PATH that takes the mirror’s settings', () => {
    const folders = ['Laravel Envoy 2.8.1', ENVOY('1.38.9'), ENVOY('1.40.0'), ENVOY('1.39.3')].map(folderWith);
    expect(envoyBinary({ PATH: folders.join(delimiter) })).toBe(join(folders[2] ?? '', 'envoy'));
  });

  it('is none where PATH has only its namesakes, folders of its name, or older ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bin-'));
    mkdirSync(join(folder, 'envoy'));
    const folders = [folder, folderWith('Laravel Envoy 2.8.1'), folderWith(ENVOY('1.38.9')), '/does/not/exist', ''];
    expect(envoyBinary({ PATH: folders.join(delimiter) })).toBeNull();
  });

  it.each([
    ['/does/not/exist', '/does/not/exist is not an executable program'],
    [tmpdir(), `${tmpdir()} is not an executable program`],
    [process.execPath, `${process.execPath} is not Envoy: --version does not say so`],
  ])('named by ENVOY as %s is refused', (named, problem) => {
    expect(() => envoyBinary({ ENVOY: named, PATH: folderWith(ENVOY('1.39.3')) })).toThrow(`ENVOY: ${problem}`);
  });

  it('named by ENVOY is refused where it is older than the deployed one', () => {
    const named = join(folderWith(ENVOY('1.20.1')), 'envoy');
    expect(() => envoyBinary({ ENVOY: named })).toThrow('is Envoy 1.20; the mirror needs 1.39 or newer');
  });
});
