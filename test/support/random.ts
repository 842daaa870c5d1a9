/** Draws from distributions. The same seed gives the same values everywhere. */
import { generator, type Random } from '../../rehearsal/simulation/scenario/random.ts';

export { generator, type Random };

/**
 * Draws from the binomial distribution: by inversion from the end nearer to the mode, and above a mean of 500 from the
 * normal approximation with continuity correction.
 */
export function binomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const mean = n * p;
  if (mean > 500) return clamp(Math.round(mean + Math.sqrt(mean * (1 - p)) * normal(random)), n);
  // Drawing a sum of smaller binomials keeps (1 − p)^n away from zero.
  const parts = Math.ceil(mean / 300);
  let [sum, left] = [0, n];
  for (let i = 0; i < parts; i++) {
    const size = Math.round(left / (parts - i));
    sum += inversion(random, size, p);
    left -= size;
  }
  return sum;
}

/** Draws from the standard normal distribution (Box–Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function inversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let u = random();
  let k = 0;
  while (u > probability && k < n) {
    u -= probability;
    k++;
    probability *= (odds * (n - k + 1)) / k;
  }
  return k;
}

function clamp(value: number, n: number): number {
  return Math.min(n, Math.max(0, value));
}
