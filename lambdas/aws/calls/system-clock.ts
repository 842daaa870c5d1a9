import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../core/model/index.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await delay(ms);
  },
};
