/** Checks the simulated customers of a rehearsal when services are slower than the request rate. */
import { expect, it } from 'vitest';
import { startLoad } from '../../rehearsal/load/index.ts';
import { serve } from '../support/http.ts';

it('come later where a service holds them all, and leave no queue behind', async () => {
  const held: (() => void)[] = [];
  let holds = true;
  const service = await serve((_q, r) => {
    if (holds) held.push(() => r.end());
    else r.end();
  });
  const enough = Promise.withResolvers<void>();
  let [sent, late] = [0, 0];
  const mix = [{ method: 'GET', path: '/', weight: 1 }];
  const load = startLoad({ url: service.url, rps: 1_000, mix }, (tick) => {
    if (holds) sent += tick.sent;
    // A tick is a quarter of a second, in which hundreds of further requests would be due.
    if (held.length === 64 && ++late === 3) enough.resolve();
  });
  await enough.promise;
  holds = false;
  for (const answer of held) answer();
  await load.stop();
  await service.stop();
  expect(sent).toBe(64);
});
