/** From values to heights: linear from zero, or logarithmic by powers of ten. */

export interface Scale {
  readonly kind: 'linear' | 'log';
  /** Values outside are drawn at the edge. */
  readonly from: number;
  readonly to: number;
}

/** A linear scale that shows every value. */
export function linearTo(values: readonly number[]): Scale {
  return { kind: 'linear', from: 0, to: Math.max(1e-9, ...values) * 1.05 };
}

/** Whole powers of ten that show every value from `from` to `to`. Both above 0. */
export function logBetween(from: number, to: number): Scale {
  const low = Math.floor(Math.log10(from));
  return { kind: 'log', from: 10 ** low, to: 10 ** Math.max(low + 1, Math.ceil(Math.log10(to))) };
}

/** 0 at the foot of the chart, 1 at its top. */
export function heightOf({ kind, from, to }: Scale, value: number): number {
  const inside = Math.min(to, Math.max(from, value));
  if (kind === 'linear') return (inside - from) / (to - from);
  return Math.log(inside / from) / Math.log(to / from);
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const MOST_DECADES = 6;

export function ticksOf({ kind, from, to }: Scale): Tick[] {
  if (kind === 'linear') return linearTicks(to);
  const [low, high] = [Math.round(Math.log10(from)), Math.round(Math.log10(to))];
  const step = Math.ceil((high - low) / MOST_DECADES);
  const ticks: Tick[] = [];
  for (let power = low; power <= high; power += step) ticks.push({ at: 10 ** power, label: power10(power) });
  return ticks;
}

/** Two to four steps of 1, 2 or 5 times a power of ten, from zero. */
function linearTicks(to: number): Tick[] {
  const power = 10 ** Math.floor(Math.log10(to / 2));
  const step = power * ([5, 2, 1].find((n) => n * power <= to / 2) ?? 1);
  const ticks: Tick[] = [];
  for (let i = 0; i * step <= to; i++) ticks.push({ at: i * step, label: String(Number((i * step).toPrecision(2))) });
  return ticks;
}

function power10(power: number): string {
  return power >= -2 && power <= 3 ? String(Number((10 ** power).toPrecision(1))) : `1e${power}`;
}
