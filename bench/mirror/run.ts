/** The mirror compared with no mirror, nginx and Node's proxies, all in one run on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { CONNECTIONS, closedLoop } from './closed-loop.ts';
import { fixedRate } from './fixed-rate.ts';
import { LARGE } from './nginx.ts';
import { type Round, round } from './rounds.ts';
import { soak } from './soak.ts';
import { stall } from './stall.ts';
import { NAMES, type Profile, startWorld, type World } from './subjects.ts';
import { table } from './table.ts';
import { verdicts } from './targets.ts';
import { missingTools } from './tools.ts';

const PROFILES: readonly Profile[] = [
  { name: 'get', method: 'GET', path: '/', bodyBytes: 0 },
  { name: 'large', method: 'GET', path: LARGE, bodyBytes: 0 },
  { name: 'post', method: 'POST', path: '/', bodyBytes: 10_000 },
];
/** Share of the mirror's own capacity: the rate at which latency is measured. */
const SHARE = 0.3;
/** By then V8 has compiled the hot code, even if the processor is shared. */
const WARM_UP_S = 5;

const USAGE =
  'bench mirror [--profile get|large|post] [--rounds 5] [--seconds 2] [--rate REQUESTS-A-SECOND] [--soak SECONDS] [--json FILE]';
const argsSchema = z.object({
  profile: z.enum(['get', 'large', 'post']).default('get'),
  rounds: z.coerce.number().int().min(1).max(100).default(5),
  /** Duration of each loop. */
  seconds: z.coerce.number().int().min(1).max(60).default(2),
  /** Measures only at this rate, with Envoy. */
  rate: z.coerce.number().int().min(1).max(20_000).optional(),
  soak: z.coerce.number().int().min(20).max(86_400).optional(),
  json: z.string().optional(),
});

type Args = z.infer<typeof argsSchema>;

export async function run(args: string[]): Promise<void> {
  const missing = missingTools();
  if (missing !== null) {
    console.error(missing);
    process.exitCode = 2;
    return;
  }
  const options = parse(args);
  const dir = mkdtempSync(join(tmpdir(), 'crossfade-bench-mirror-'));
  let world: World | undefined;
  try {
    world = await startWorld(dir);
    await measure(world, options);
  } finally {
    await world?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(
  world: World,
  { profile: name, rounds: count, seconds, rate: fixed, soak: soakSeconds, json }: Args,
) {
  const profile = PROFILES.find((p) => p.name === name) ?? { name, method: 'GET', path: '/', bodyBytes: 0 };
  if (fixed !== undefined) {
    const { subjects } = world;
    // Not counted, because the first turns are slower.
    await fixedRate(subjects, { profile, rate: fixed, seconds, rounds: 1 });
    console.log(`${fixed} rps, open loop, ${seconds} s, ${count} rounds; load average ${loadavg()[0]?.toFixed(1)}`);
    console.log(await fixedRate(subjects, { profile, rate: fixed, seconds, rounds: count }));
    return;
  }
  for (const subject of world.subjects) await closedLoop(subject, profile, WARM_UP_S);
  const rate = await latencyRate(world, profile);
  const [cpu] = cpus();
  console.log(
    `${profile.method} ${profile.path}, body ${profile.bodyBytes} B; ${cpus().length} × ${cpu?.model}, node ${process.version}; ` +
      `closed loop: wrk, ${CONNECTIONS} connections, ${seconds} s; open loop: ${rate} rps, ${seconds} s; ${count} rounds`,
  );
  const rounds: Round[] = [];
  for (let i = 0; i < count; i++) {
    rounds.push(await round(world.subjects, i, { profile, rate, closedSeconds: seconds, openSeconds: seconds }));
    console.log(`round ${i + 1}: load average ${loadavg()[0]?.toFixed(1)}`);
  }
  console.log(`\n${table(world.subjects, rounds)}\n`);

  const stalls = new Map<string, number[]>();
  for (const subject of world.subjects)
    if (subject.name === NAMES.nginxMirrorSlow || subject.name === NAMES.mirrorCopySlow)
      stalls.set(subject.name, await stall(subject));
  console.log('one kept-alive connection, requests one after another, ms:');
  for (const [subject, times] of stalls) console.log(`  ${subject}: ${times.map((t) => t.toFixed(1)).join(', ')}`);

  const soaked = soakSeconds === undefined ? null : await soak(world, profile, rate, soakSeconds);
  if (soaked !== null)
    console.log(
      `soak: ${soaked.memoryMb
        .filter((_, i) => i % 10 === 9)
        .map((mb) => mb.toFixed(0))
        .join(' ')} MB, every 10 s`,
    );
  const judged = verdicts(rounds, soaked);
  console.log();
  for (const { target, outcome, seen } of judged) console.log(`${outcome.padEnd(7)} ${target}: ${seen}`);
  if (json !== undefined)
    writeFileSync(
      json,
      `${JSON.stringify({ profile, rate, rounds: rounds.map((r) => Object.fromEntries(r)), stalls: Object.fromEntries(stalls), soak: soaked, verdicts: judged }, null, 2)}\n`,
    );
}

async function latencyRate(world: World, profile: Profile): Promise<number> {
  const mirror = world.subjects.find((s) => s.name === NAMES.mirror);
  if (mirror === undefined) throw new RangeError(`no subject is called ${NAMES.mirror}`);
  const { rps } = await closedLoop(mirror, profile, WARM_UP_S);
  return Math.max(10, Math.round((rps * SHARE) / 10) * 10);
}

function parse(args: string[]): Args {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { profile: string, rounds: string, seconds: string, rate: string, soak: string, json: string },
    });
    return argsSchema.parse(values);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
