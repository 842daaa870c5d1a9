/**
 * Writes two hours of a shop's counters as OpenMetrics, for `promtool tsdb create-blocks-from`, and prints the first
 * whole minute.
 */
import { writeFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const MINUTES = 120;
const STEP_SECONDS = 15;
/** Checkouts begun and orders placed per minute. The candidate's orders fall to zero after an hour. */
const SIDES = {
  node: { begun: 400, placed: () => 240 },
  go: { begun: 400, placed: (minute: number) => (minute < 60 ? 240 : 0) },
} as const;

const from = Math.floor(Date.now() / 60_000 - MINUTES - 10) * 60;
const series = (name: string, perMinute: (side: keyof typeof SIDES, minute: number) => number) =>
  (Object.keys(SIDES) as (keyof typeof SIDES)[]).flatMap((side) => {
    let total = 0;
    return Array.from({ length: (MINUTES * 60) / STEP_SECONDS + 1 }, (_, i) => {
      const line = `${name}_total{version="${side}"} ${total} ${from + i * STEP_SECONDS}`;
      total += perMinute(side, Math.floor((i * STEP_SECONDS) / 60)) / (60 / STEP_SECONDS);
      return line;
    });
  });
const family = (name: string, lines: readonly string[]) => [`# TYPE ${name} counter`, ...lines];
const text = [
  ...family(
    'checkouts',
    series('checkouts', (side) => SIDES[side].begun),
  ),
  ...family(
    'orders',
    series('orders', (side, minute) => SIDES[side].placed(minute)),
  ),
  '# EOF',
];
writeFileSync(file, `${text.join('\n')}\n`);
console.log(from * 1000);
