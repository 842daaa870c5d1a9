/** How `watch` and `wait` handle an AWS that does not answer for a while. */
import { describe, expect, it } from 'vitest';
import { PATIENCE_MS, patient } from '../../cli/steer/patient.ts';
import { CrossfadeError } from '../../core/model/index.ts';

const away = new CrossfadeError('Crossfade.Transient', 'GetItem failed.', {
  traffic: 'unchanged.',
  nextStep: 'nothing.',
});

/** Returns a reading that gives the answer of each turn, on a clock that each turn sets. */
function reading(turns: readonly (readonly [at: number, answer: string | Error])[], deadline?: number) {
  let [turn, now] = [-1, 0];
  const look = patient(
    async () => {
      const [, answer = away] = turns[turn] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => now,
    deadline,
  );
  return () => {
    turn++;
    now = turns[turn]?.[0] ?? now;
    return look();
  };
}

describe('a reading that is repeated for days', () => {
  it('goes on over minutes without an answer, each time anew', async () => {
    const late = PATIENCE_MS - 1;
    const look = reading([
      [0, 'running'],
      [late, away],
      [late, 'running'],
      [2 * late, away],
      [2 * late, 'complete'],
    ]);
    const seen = [await look(), await look(), await look(), await look(), await look()];
    expect(seen).toEqual(['running', null, 'running', null, 'complete']);
  });

  it('ends by its failure at the first look, by what will not pass, after the patience, and at the deadline', async () => {
    await expect(reading([[0, away]])()).rejects.toBe(away);
    const denied = new Error('AccessDenied');
    for (const [turns, deadline, why] of [
      [
        [
          [0, 'running'],
          [1, denied],
        ],
        undefined,
        denied,
      ],
      [
        [
          [0, 'running'],
          [PATIENCE_MS, away],
        ],
        undefined,
        away,
      ],
      [
        [
          [0, 'running'],
          [1_000, away],
        ],
        1_000,
        away,
      ],
    ] as const) {
      const look = reading(turns, deadline);
      expect(await look()).toBe('running');
      await expect(look()).rejects.toBe(why);
    }
  });
});
