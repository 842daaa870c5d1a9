/** Rounds in which every subject has its turn, so that other work on the machine affects all equally. */
import { closedLoop, type Throughput } from './closed-loop.ts';
import { type Latencies, openLoop } from './open-loop.ts';
import type { Profile, Subject } from './subjects.ts';

export interface Measurement {
  readonly throughput: Throughput;
  readonly latency: Latencies;
}

export type Round = ReadonlyMap<string, Measurement>;

export interface RoundOptions {
  readonly profile: Profile;
  /** Requests per second of the open loop. */
  readonly rate: number;
  readonly closedSeconds: number;
  readonly openSeconds: number;
}

/** `first` rotates the order, so that no subject always follows the same one. */
export async function round(subjects: readonly Subject[], first: number, options: RoundOptions): Promise<Round> {
  const { profile, rate, closedSeconds, openSeconds } = options;
  const results = new Map<string, Measurement>();
  for (let i = 0; i < subjects.length; i++) {
    const subject = subjects[(first + i) % subjects.length];
    if (subject === undefined) continue;
    const latency = await openLoop(subject.port, profile, rate, openSeconds);
    const throughput = await closedLoop(subject, profile, closedSeconds);
    results.set(subject.name, { throughput, latency });
  }
  return results;
}
