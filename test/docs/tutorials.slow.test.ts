/** What takes minutes of the tutorials: rehearsals and a synthesis. */
import { describe, expect, it } from 'vitest';
import { blocksOf, runBlocks } from './blocks.ts';

describe('a tutorial', () => {
  it.each(['docs/tutorial/first-rehearsal.md', 'docs/tutorial/first-deployment.md'])(
    '%s runs as it says',
    // Once in CI, for a reason that nobody found, a synthesis of seconds had not ended after ten minutes.
    { timeout: 600_000, retry: 1 },
    async (file) => {
      const blocks = blocksOf(file);
      expect(blocks.length).toBeGreaterThan(1);
      const ran = await runBlocks(blocks, new Map());
      for (const [i, { exitCode, printed, script }] of blocks.entries()) {
        expect(ran[i], script).toMatchObject({ exitCode });
        for (const line of printed) expect(ran[i]?.output, script).toContain(line);
      }
    },
  );
});
