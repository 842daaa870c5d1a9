/**
 * Medians of interleaved rounds: all contenders run in turns, so that anything that slows the machine slows all
 * equally. Time is CPU time of all threads of the process: other processes do not count, the garbage collector does.
 */
import { median } from '../../core/gate/bets/median.ts';

const ROUNDS = 9;
/** A round of one contender takes at least this long, so that the clock's resolution does not matter. */
const ROUND_MS = 8;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Median milliseconds per run, by name. */
export function measure(runs: Readonly<Record<string, () => unknown>>): Record<string, number> {
  const names = Object.keys(runs);
  const counts = Object.fromEntries(names.map((name) => [name, repeats(runs[name])]));
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const count = counts[name] ?? 1;
      const started = cpuMs();
      for (let i = 0; i < count; i++) runs[name]?.();
      times[name]?.push((cpuMs() - started) / count);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name] ?? [])]));
}

/** Warms up, and returns how many runs fill a round. */
function repeats(run: (() => unknown) | undefined): number {
  const started = cpuMs();
  let runs = 0;
  while (cpuMs() - started < 150 || runs < 3) {
    run?.();
    runs++;
  }
  return Math.max(1, Math.ceil((ROUND_MS * runs) / (cpuMs() - started)));
}
