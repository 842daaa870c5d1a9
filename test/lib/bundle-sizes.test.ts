import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eagerBytes } from '../../bench/bundles/eager-bytes.ts';
import { HANDLERS, type HandlerName, handlerCode } from '../../lib/assets/handlers.ts';

const BUNDLES = join(import.meta.dirname, '..', '..', '.crossfade', 'bundles');

/**
 * Kilobytes that each function may load at its start: its present size and a few percent more. One AWS client takes 20
 * to 90 kB, so a client that a handler does not need is found. Why no budget is smaller: docs/adr/0055.
 */
const BUDGETS: Readonly<Record<HandlerName, number>> = {
  preflight: 550,
  baseline: 575,
  capacity: 475,
  shift: 580,
  watch: 750,
  exercise: 515,
  signoff: 415,
  approved: 515,
  decommission: 545,
  drill: 450,
  complete: 425,
  rollback: 400,
  'close-mirror': 400,
  'verify-rollback': 515,
  watchdog: 515,
  'weighted-rule': 410,
  'parity-transform': 730,
  'parity-backfill': 905,
  notify: 325,
  campaign: 520,
};

describe('the bundle of a function', () => {
  it.each(HANDLERS)('%s stays within its budget', (name) => {
    handlerCode(name);
    const kilobytes = eagerBytes(join(BUNDLES, name, 'index.mjs')).length / 1_000;
    expect(kilobytes).toBeLessThan(BUDGETS[name]);
    // A budget far above the actual size would catch nothing.
    expect(kilobytes).toBeGreaterThan(0.9 * BUDGETS[name]);
  });
});
