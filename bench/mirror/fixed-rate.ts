/**
 * All subjects at one rate, whatever each could take: processor time and latency as ratios to plain Envoy, within each
 * round.
 */
import { openLoop } from './open-loop.ts';
import { cpuMicros } from './proc.ts';
import { spread } from './statistics.ts';
import { NAMES, type Profile, type Subject } from './subjects.ts';

interface Seen {
  /** Microseconds of processor time per request: for the part in the customers' path, and for the recorder. */
  readonly cpu: number;
  readonly recorder: number;
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
}

export interface FixedRate {
  readonly profile: Profile;
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** @returns a table whose ratios are medians over the rounds, with the minimum and the maximum */
export async function fixedRate(subjects: readonly Subject[], options: FixedRate): Promise<string> {
  const compared = subjects.filter(({ name }) => /envoy/i.test(name));
  const rounds: ReadonlyMap<string, Seen>[] = [];
  for (let i = 0; i < options.rounds; i++) {
    const round = new Map<string, Seen>();
    for (let n = 0; n < compared.length; n++) {
      // The order changes, so that no subject always follows the same one.
      const subject = compared[(i + n) % compared.length];
      if (subject !== undefined) round.set(subject.name, await seen(subject, options));
    }
    rounds.push(round);
  }
  const of = (name: string, value: (seen: Seen) => number) =>
    spread(rounds.flatMap((round) => round.get(name) ?? []).map((each) => value(each)));
  const ratio = (name: string, value: (seen: Seen) => number) =>
    spread(
      rounds.flatMap((round) => {
        const [own, plain] = [round.get(name), round.get(NAMES.envoyPlain)];
        return own === undefined || plain === undefined ? [] : [value(own) / value(plain)];
      }),
    );
  const text = ({ median, min, max }: ReturnType<typeof spread>) =>
    `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`.padEnd(22);
  const lines = compared.map(({ name }) =>
    [
      name.padEnd(30),
      of(name, ({ cpu }) => cpu)
        .median.toFixed(0)
        .padStart(6),
      text(ratio(name, ({ cpu }) => cpu)),
      of(name, ({ recorder }) => recorder)
        .median.toFixed(0)
        .padStart(6),
      text(ratio(name, ({ p50 }) => p50)),
      text(ratio(name, ({ p99 }) => p99)),
      of(name, ({ lost }) => lost).max,
    ].join('  '),
  );
  const head =
    'name'.padEnd(30) +
    '  CPU µs  × plain                 recorder µs  p50 × plain             p99 × plain             lost';
  return [head, ...lines].join('\n');
}

async function seen(subject: Subject, { profile, rate, seconds }: FixedRate): Promise<Seen> {
  const used = () => [cpuMicros(subject.pid), subject.recorderPid === undefined ? 0 : cpuMicros(subject.recorderPid)];
  const [cpu = 0, recorder = 0] = used();
  const { sent, lost, p50, p99 } = await openLoop(subject.port, profile, rate, seconds);
  const [after = 0, recorderAfter = 0] = used();
  return { cpu: (after - cpu) / sent, recorder: (recorderAfter - recorder) / sent, p50, p99, lost };
}
