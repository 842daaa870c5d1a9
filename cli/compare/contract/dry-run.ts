/** Shows what would be sent, without sending it. */
import { targetWithoutSecrets } from '../../../capture/redaction/index.ts';
import { quantity } from '../../shared/index.ts';
import type { PlannedRequest } from './requests/index.ts';

const SHOWN = 20;

export interface DryRun {
  readonly requests: number;
  readonly text: string;
}

export async function dryRun(requests: AsyncIterable<PlannedRequest>): Promise<DryRun> {
  const byRoute = new Map<string, number>();
  const first: string[] = [];
  let count = 0;
  for await (const { id, route, method, target } of requests) {
    count++;
    byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
    if (first.length < SHOWN) first.push(`  ${method} ${targetWithoutSecrets(target)}  (${id})`);
  }
  const routes = [...byRoute].sort(([a], [b]) => (a < b ? -1 : 1)).map(([route, n]) => `  ${n} × ${route}`);
  const more = count > first.length ? [`  … and ${count - first.length} more`] : [];
  return {
    requests: count,
    text: [`${quantity(count, 'request')} would be sent:`, ...first, ...more, 'By route:', ...routes].join('\n'),
  };
}
