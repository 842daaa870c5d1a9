/** The places in a query's texts that a side and the deployment fill in. */
import type { Deployment, PlanMetric } from '../../core/model/index.ts';
import { SourceError } from './source.ts';

export type Fill = (text: string) => string;

/** @throws {@link SourceError} for a place that this deployment cannot fill */
export function fillFor(deployment: Deployment, { sides }: PlanMetric, side: 'stable' | 'candidate'): Fill {
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
