import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Leg } from '../../capture/format/record.ts';
import { capture } from './corpus/capture.ts';
import { CASES, differencesOf, ROWS } from './corpus/differences.ts';
import { type GoServers, startGoServers } from './corpus/go-servers.ts';
import { type NodeServers, startNodeServers } from './corpus/node-servers.ts';
import { keyOf, readRecorded, withoutDate, writeRecorded } from './corpus/recorded.ts';
import type { Row } from './corpus/row.ts';

/** Whether to write recorded.json anew from the Go services of this machine. */
const RECORD = process.env.CROSSFADE_RECORD === '1';

// Building the Go services takes most of a minute on a machine that has built none.
describe('the corpus, with the Go services of this machine', () => {
  let node: NodeServers;
  let go: GoServers;
  beforeAll(async () => {
    // In production, Express logs errors to the console.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    node = await startNodeServers();
    go = await startGoServers();
    if (RECORD) await recordAnew();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([node.stop(), go.stop()]);
  });

  async function live({ candidate, request }: Row): Promise<Leg | null> {
    const port = go.port[candidate];
    return port === undefined ? null : capture(port, request);
  }

  async function recordAnew(): Promise<void> {
    const legs: Record<string, Leg> = {};
    for (const row of ROWS) {
      const leg = await live(row);
      if (leg === null) throw new Error(`${row.candidate} cannot be recorded: this machine has no Go 1.25 or newer`);
      legs[keyOf(row)] = row.random ? leg : withoutDate(leg);
    }
    writeRecorded({ go: go.version ?? 0, legs });
  }

  it.for(CASES)('names what differs in $name', async ({ side, row }, { skip }) => {
    const candidate = await live(row);
    if (candidate === null) skip(`this machine cannot build ${row.candidate}`);
    else expect(differencesOf(row, await capture(node.port[side], row.request), candidate)).toEqual(row.expect);
  });

  it('is what was recorded', async ({ skip }) => {
    const recorded = readRecorded();
    if (go.version !== recorded.go) {
      const own = go.version === null ? 'no Go' : `Go 1.${go.version}`;
      skip(`recorded by Go 1.${recorded.go}, and this machine has ${own}`);
    }
    for (const row of ROWS) {
      const leg = row.random ? null : await live(row);
      if (leg !== null) expect({ [keyOf(row)]: recorded.legs[keyOf(row)] }).toEqual({ [keyOf(row)]: withoutDate(leg) });
    }
  });
});
