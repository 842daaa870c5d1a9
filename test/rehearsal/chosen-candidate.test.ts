import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { chooseCandidate, NODE_GATEWAY } from '../../rehearsal/scenario/gateways.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Installs a Go toolchain that reports the given version and runs the given lines when asked to build. */
function toolchain(version: string, build: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'));
  writeFileSync(join(folder, 'go'), `#!/bin/sh\nif [ "$1" = env ]; then echo ${version}; exit; fi\n${build}\n`);
  chmodSync(join(folder, 'go'), 0o755);
  vi.stubEnv('PATH', folder);
}

it('is a stand-in that says why where the toolchain does not build it', async () => {
  toolchain('go1.23.4', 'echo "package fmt is not in std" >&2; exit 1');
  const { command, label } = await chooseCandidate();
  expect(command).toBe(NODE_GATEWAY);
  expect(label).toBe('gateway-node (a stand-in: go1.23.4 does not build the Go gateway: package fmt is not in std)');
});

it('is a stand-in where the toolchain is too old', async () => {
  toolchain('go1.21.13', 'exit 1');
  expect((await chooseCandidate()).label).toContain('no Go 1.22 or newer');
});

it('is built for this machine, whatever the person builds other programs for', async () => {
  for (const name of ['GOOS', 'GOARCH', 'GOFLAGS', 'GOROOT', 'GOPROXY', 'CGO_ENABLED', 'GO111MODULE'])
    vi.stubEnv(name, 'other');
  toolchain('go1.23.4', 'echo "[$GOOS$GOARCH$GOFLAGS$GOROOT$GOPROXY$CGO_ENABLED$GO111MODULE]" >&2; exit 1');
  expect((await chooseCandidate()).label).toMatch(/: \[\]\)$/);
});
