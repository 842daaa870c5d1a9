/**
 * Go's gRPC library receives through Envoy what it receives from the primary, and its calls are captured with their
 * status and trailers.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { CaptureRecord } from '../../../capture/format/record.ts';
import { ORDERS_ALLOWED, orders } from '../grpc-orders.ts';
import { PROXIES, startMirror } from '../mirror-process.ts';

const run = promisify(execFile);
const cwd = join(import.meta.dirname, 'grpc-go');

/** Returns the reason why this test cannot run here, or null if it can. */
function missing(): string | null {
  if (!PROXIES.includes('envoy')) return 'no Envoy on this machine';
  if (spawnSync('go', ['version']).error !== undefined) return 'no go on this machine';
  return spawnSync('go', ['mod', 'download'], { cwd }).status === 0 ? null : 'its modules cannot be had';
}

function fieldsOf(leg: CaptureRecord['stable'] | undefined): Record<string, string> {
  return leg?.outcome === 'response' ? Object.fromEntries(leg.headers) : {};
}

const why = missing();
if (why !== null) console.log(`SKIPPED: Go’s gRPC through the mirror (${why})`);

it.runIf(why === null)('Go’s gRPC hears through envoy what it hears without it', async () => {
  const client = join(mkdtempSync(join(tmpdir(), 'grpc-go-')), 'client');
  await run('go', ['build', '-o', client, '.'], { cwd });
  const [stable, candidate] = await Promise.all([orders('stable'), orders('candidate')]);
  const mirror = await startMirror('envoy', {
    stable: stable.port,
    candidate: candidate.port,
    env: { MIRROR_COPY_ALLOW: ORDERS_ALLOWED, MIRROR_DRAIN_DELAY_MS: '0' },
  });
  const heard = async (port: number) => (await run(client, [`127.0.0.1:${port}`])).stdout;
  const without = await heard(stable.port);
  expect(without).toContain('Get OK "" "stable 7" cost=[7]');
  expect(without).toContain('Fail NotFound "no such order at stable');
  expect(without).toContain('Talk "c" "stable c"\nTalk ends OK');
  expect(await heard(mirror.port)).toBe(without);
  const captured = (id: string) => mirror.captures().find(({ requestId }) => requestId === id);
  for (const [id, grpcStatus] of [
    ['go-get', '0'],
    ['go-fail', '5'],
    ['go-talk', '0'],
  ] as const) {
    await expect.poll(() => captured(id)).toBeDefined();
    for (const leg of [captured(id)?.stable, captured(id)?.candidate])
      expect(fieldsOf(leg)).toMatchObject({ 'grpc-status': grpcStatus });
  }
  expect(fieldsOf(captured('go-get')?.candidate)).toMatchObject({ 'x-cost': '7' });
  await mirror.stop();
  for (const { server } of [stable, candidate]) server.forceShutdown();
});
