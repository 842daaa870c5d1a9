/**
 * Memory at a fixed rate, with all requests copied to a slow shadow and a dead sink, and the growth extrapolated to a
 * day.
 */
import { setTimeout as after } from 'node:timers/promises';
import { openLoop } from './open-loop.ts';
import { residentMb } from './proc.ts';
import { type Slope, slope } from './statistics.ts';
import { NAMES, type Profile, type World } from './subjects.ts';

const DAY_S = 86_400;

export interface Soak {
  readonly seconds: number;
  readonly rate: number;
  readonly lost: number;
  /** Resident memory each second, MB. */
  readonly memoryMb: readonly number[];
  /** Growth in the second half, MB. */
  readonly growth: Slope;
  readonly dayMb: { readonly low: number; readonly high: number };
}

export async function soak(world: World, profile: Profile, rate: number, seconds: number): Promise<Soak> {
  const { pid, port } = await world.mirror(`${NAMES.mirrorCopySlow}, sink dead`, {
    MIRROR_CANDIDATE_URL: `http://127.0.0.1:${world.slowShadow}`,
    MIRROR_SINK: 'firehose:nobody',
    // Nothing listens on this port (tcpmux), so that every batch is refused.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  });
  const memoryMb: number[] = [];
  const load = openLoop(port, profile, rate, seconds);
  for (let i = 0; i < seconds; i++) {
    await after(1_000);
    memoryMb.push(residentMb(pid));
  }
  const { lost } = await load;
  const growth = slope(memoryMb.slice(Math.floor(seconds / 2)));
  const day = (perSecond: number) => perSecond * DAY_S;
  const dayMb = { low: day(growth.perSecond - growth.margin), high: day(growth.perSecond + growth.margin) };
  return { seconds, rate, lost, memoryMb, growth, dayMb };
}
