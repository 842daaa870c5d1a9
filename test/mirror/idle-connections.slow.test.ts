import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROXIES, portOf, startMirror } from './mirror-process.ts';
import { OK, primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe.each(PROXIES)('the mirror by %s', (proxy) => {
  it('keeps a connection that has carried nothing yet, and one that stands idle, for as long as it is told and no longer', async () => {
    const stable = await portOf(primary((socket) => socket.write(OK)).server);
    const env = { MIRROR_DRAIN_DELAY_MS: '0', MIRROR_SAMPLE_RATE: '0', MIRROR_KEEP_ALIVE_MS: '3000' };
    const mirror = await startMirror(proxy, { stable, candidate: stable, env });
    onTestFinished(() => mirror.stop());
    const [ahead, used] = [new RawClient(mirror.port), new RawClient(mirror.port)];
    onTestFinished(() => {
      for (const raw of [ahead, used]) raw.destroy();
    });
    used.write(GET);
    await used.until(/ok$/);
    await pause(1_500);
    for (const raw of [ahead, used]) raw.write(GET);
    expect(await ahead.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await used.until(/ok[\s\S]*ok$/)).toMatch(/ok[\s\S]*ok$/);
    const since = Date.now();
    await used.untilClosed();
    expect(Date.now() - since).toBeGreaterThan(2_500);
  });
});
