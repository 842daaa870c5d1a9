import { describe, expect, it } from 'vitest';
import { type MinuteEvidence, UNKNOWN } from '../../core/model/evidence.ts';
import { decision, healthy, minute, minutes, side } from '../support/decided-stage.ts';
import { binomial, generator } from '../support/random.ts';

describe('a stage advances on fresh and whole evidence only', () => {
  it.each([0, 27, 60, 120])('does not end a stage because its clock is %d s ahead of the metrics', (ahead) => {
    for (const late of [0, 60, 180]) {
      for (let at = 60; at < 240; at++) {
        const seconds = at * 60 - late - 30;
        const seen = minutes(0, Math.max(0, Math.floor(seconds / 60)), healthy);
        expect(decision(seen, at + ahead / 60).decision).not.toBe('rollback');
      }
      const caughtUp = minutes(0, Math.floor(75 - (late + 30) / 60), healthy);
      expect(decision(caughtUp, 75 + ahead / 60).decision).toBe('advance');
    }
  });
});

describe('an error count that has not arrived is unknown', () => {
  it('does not bring back healthy candidates beside a neighbour when one in twenty of the stable side’s points is late', () => {
    const random = generator(11);
    let called = 0;
    for (let run = 0; run < 30; run++) {
      const seen = minutes(0, 60, (i) => {
        const rate = i % 30 < 8 ? 0.03 : 0.001;
        return minute(i, side(27_000, binomial(random, 27_000, rate)), side(3_000, binomial(random, 3_000, rate)));
      });
      const lateBy = seen.map(() => (random() < 0.05 ? 3 + Math.floor(6 * random()) : 0));
      for (let at = 2; at <= 60; at++) {
        const visible = seen
          .slice(0, at)
          .map((m, i) =>
            i + (lateBy[i] ?? 0) < at || m.stable === null ? m : { ...m, stable: { ...m.stable, target5xx: UNKNOWN } },
          );
        if (decision(visible as MinuteEvidence[], at).decision !== 'rollback') continue;
        called++;
        break;
      }
    }
    expect(called).toBe(0);
  });
});
