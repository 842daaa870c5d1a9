/** An operator's own provider, independent of its transport. */
import type { IngressId } from '../../core/model/index.ts';
import { pointsOf, requestOf } from './answer.ts';
import type { ProviderCall } from './callers.ts';
import type { PointSource } from './source.ts';

export function askedSource(ingress: IngressId, call: ProviderCall): PointSource {
  return async (query, range, asked) => pointsOf(await call(requestOf(ingress, query, range, asked)), range);
}
