/** As many requests as a subject can take on a fixed number of connections, by wrk: throughput and processor time. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { cpuMicros } from './proc.ts';
import type { Profile, Target } from './subjects.ts';

const schema = z.object({
  requests: z.number(),
  seconds: z.number(),
  errors: z.number(),
  p50: z.number(),
  p99: z.number(),
  p999: z.number(),
});

export interface Throughput extends z.infer<typeof schema> {
  readonly rps: number;
  /** Microseconds of the subject's processor time per request. */
  readonly cpuMicros: number;
}

export const CONNECTIONS = 32;

export async function closedLoop({ pid, port }: Target, profile: Profile, seconds: number): Promise<Throughput> {
  const script = join(import.meta.dirname, 'wrk.lua');
  const url = `http://127.0.0.1:${port}${profile.path}`;
  const args = [`-t1`, `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url, '--'];
  const before = cpuMicros(pid);
  const { stdout } = await promisify(execFile)('wrk', [...args, profile.method, String(profile.bodyBytes)]);
  const used = cpuMicros(pid) - before;
  const seen = schema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  return { ...seen, rps: seen.requests / seen.seconds, cpuMicros: used / Math.max(1, seen.requests) };
}
