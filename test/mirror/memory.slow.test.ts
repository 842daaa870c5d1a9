import { describe, expect, it } from 'vitest';
import { memoryAgainstPlain } from '../../bench/memory/against-plain.ts';
import { PROXIES } from './mirror-process.ts';

/** Bodies just under the cap in both directions: the most that can be handed over. */
const LOAD = { seconds: 8, up: 250_000, down: 1_000_000, cap: 262_144 } as const;
const MOST = 1.5;

describe.runIf(PROXIES.includes('envoy'))("Envoy's memory stays within one and a half times a plain one's", () => {
  it.each(['hung', 'healthy'] as const)('while the recorder is %s', async (recorder) => {
    const { plain, mirror } = await memoryAgainstPlain({ ...LOAD, recorder });
    expect(mirror.median / plain.median).toBeLessThan(MOST);
  });
});
