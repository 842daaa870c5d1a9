/** Fills the placeholders in a query's texts with the names of a side and of the deployment. */

import type { Side } from '../../sides/index.ts';
import type { PlanMetric } from '../model/index.ts';

/** The names in a deployment that a query may use; the deployment's own type is one of these. */
export interface QueryPlaces {
  readonly loadBalancer: { readonly fullName: string };
  readonly targetGroups: Readonly<Record<Side, { readonly fullName: string }>>;
  readonly services?: Readonly<Record<Side, { readonly cluster: string; readonly service: string }>> | undefined;
}

/**
 * A source did not answer, gave an implausible answer, or cannot be queried. The message is for people and contains no
 * secret.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

export type Fill = (text: string) => string;

/** @throws {@link SourceError} for a placeholder that this deployment cannot fill */
export function fillFor(deployment: QueryPlaces, { sides }: PlanMetric, side: Side): Fill {
  const service = deployment.services?.[side];
  const places: Readonly<Record<string, string | undefined>> = {
    side: sides[side],
    targetGroup: deployment.targetGroups[side].fullName,
    loadBalancer: deployment.loadBalancer.fullName,
    cluster: service?.cluster,
    service: service?.service,
  };
  return (text) =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (place: string, name: string) => {
      const value = places[name];
      if (value === undefined)
        throw new SourceError(`its query names ${place}, which is not known here; known are ${known(places)}`);
      return value;
    });
}

function known(places: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(places)
    .flatMap(([name, value]) => (value === undefined ? [] : [`{{${name}}}`]))
    .join(', ');
}
