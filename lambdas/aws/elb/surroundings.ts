/** The surroundings of the cutover's rules: other rules of their listeners, attributes of its groups, and all tags. */
import {
  DescribeListenersCommand,
  DescribeTagsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { GroupReading, ListenerRule, ServiceReading, Surroundings } from '../../../core/listener/index.ts';
import { type Deployment, GROUP_ROLES } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';
import { isSticky } from './group-stickiness.ts';
import { describeRules } from './listener-rules.ts';

/** DescribeTags accepts at most 20 ARNs. */
const PAGE = 20;

type Client = Pick<ElasticLoadBalancingV2Client, 'send'>;

export function elbSurroundings(
  client: Client,
  deployment: Deployment,
  services: () => Promise<readonly ServiceReading[]>,
): Pick<Surroundings, 'read'> {
  const ownRules = deployment.rules.map(({ arn }) => arn);
  const listenerArns = [...new Set(ownRules.map(listenerOf))];
  const groups = GROUP_ROLES.flatMap((role) => {
    const arn = deployment.targetGroups[role]?.arn;
    return arn === undefined ? [] : [{ role, arn }];
  });
  return {
    async read() {
      const marked = [
        ...new Set([...listenerArns.map(loadBalancerOf), ...listenerArns]),
        ...groups.map(({ arn }) => arn),
      ];
      const [listeners, attributes, tags, owned] = await Promise.all([
        Promise.all(
          listenerArns.map(async (ListenerArn) => ({
            ownRules,
            rules: await aws('DescribeRules', () => describeRules(client, { ListenerArn })),
          })),
        ),
        Promise.all(
          groups.map(async (group): Promise<GroupReading> => ({ ...group, sticky: await isSticky(client, group.arn) })),
        ),
        tagsOf(client, marked),
        services(),
      ]);
      return {
        listeners,
        groups: attributes,
        tags: tags.map(({ arn, tags: of }) => ({ arn, keys: Object.keys(of) })),
        services: owned,
      };
    },
  };
}

export function elbRules(client: Client, { rules: own }: Deployment): Pick<Surroundings, 'rules'> {
  const balancers = [...new Set(own.map(({ arn }) => loadBalancerOf(listenerOf(arn))))];
  return {
    async rules() {
      const found: (readonly ListenerRule[])[] = [];
      for (const LoadBalancerArn of balancers)
        for (const ListenerArn of await aws('DescribeListeners', () => listenersOf(client, LoadBalancerArn)))
          found.push(await aws('DescribeRules', () => describeRules(client, { ListenerArn })));
      return found;
    },
  };
}

/** Reads every page. */
async function listenersOf(client: Client, LoadBalancerArn: string): Promise<string[]> {
  const found: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new DescribeListenersCommand({ LoadBalancerArn, ...(Marker === undefined ? {} : { Marker }) }),
    );
    found.push(...(page.Listeners ?? []).flatMap(({ ListenerArn }) => ListenerArn ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return found;
}

export interface Tagged {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

export async function tagsOf(client: Client, arns: readonly string[]): Promise<Tagged[]> {
  const found: Tagged[] = [];
  for (let i = 0; i < arns.length; i += PAGE) {
    const ResourceArns = arns.slice(i, i + PAGE);
    const { TagDescriptions = [] } = await aws('DescribeTags', () =>
      client.send(new DescribeTagsCommand({ ResourceArns })),
    );
    for (const { ResourceArn = '', Tags = [] } of TagDescriptions) {
      const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      found.push({ arn: ResourceArn, tags });
    }
  }
  return found;
}

/** `…:listener-rule/app/<lb>/<id>/<listener>/<rule>` → `…:listener/app/<lb>/<id>/<listener>` */
export function listenerOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');
}

/** `…:listener/app/<lb>/<id>/<listener>` → `…:loadbalancer/app/<lb>/<id>` */
function loadBalancerOf(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
}
