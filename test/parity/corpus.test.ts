import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { capture } from './corpus/capture.ts';
import { CASES, differencesOf, ROWS } from './corpus/differences.ts';
import { type NodeServers, startNodeServers } from './corpus/node-servers.ts';
import { keyOf, readRecorded } from './corpus/recorded.ts';

/** Number of rows in the catalogue that the corpus began with. */
const CATALOGUE_ROWS = 34;

describe('the corpus, with the recorded answers of the Go services', () => {
  const recorded = readRecorded();
  let node: NodeServers;
  beforeAll(async () => {
    // In production, Express logs errors to the console.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    node = await startNodeServers();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await node.stop();
  });

  it('has every row of the catalogue, and ten more at least', () => {
    const rows = new Set(ROWS.map(({ row }) => row));
    expect(Array.from({ length: CATALOGUE_ROWS }, (_, i) => i + 1).filter((row) => !rows.has(row))).toEqual([]);
    expect(ROWS.filter(({ row }) => row === 'new').length).toBeGreaterThanOrEqual(10);
  });

  it.each(CASES)('names what differs in $name', async ({ side, row }) => {
    const candidate = recorded.legs[keyOf(row)];
    if (candidate === undefined) throw new Error(`nothing recorded for ${keyOf(row)}: corpus.slow.test.ts records it`);
    expect(differencesOf(row, await capture(node.port[side], row.request), candidate)).toEqual(row.expect);
  });
});
