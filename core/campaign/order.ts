/** What must be complete before what: waves after waves, and services after services. */
import { type Campaign, type CampaignService, campaignServices, type Wave } from './campaign.ts';

/** Names of the waves that come before a wave: those that it names, or the one that stands before it. */
export function wavesBefore({ waves }: Pick<Campaign, 'waves'>, wave: Wave): readonly string[] {
  if (wave.after !== undefined) return wave.after;
  const previous = waves[waves.indexOf(wave) - 1];
  return previous === undefined ? [] : [previous.name];
}

/** The services that must be complete before each service, its own `after` and the waves before its own together. */
export function prerequisites(campaign: Pick<Campaign, 'waves'>): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map(campaign.waves.map(({ name, services }) => [name, services.map((s) => s.name)]));
  const before = new Map<string, ReadonlySet<string>>();
  for (const wave of campaign.waves) {
    const inherited = wavesBefore(campaign, wave).flatMap((name) => members.get(name) ?? []);
    // Most services of a wave share one set: 1,000 services in ten waves would make 100,000 entries.
    const shared = new Set(inherited);
    for (const { name, after } of wave.services)
      before.set(name, after.length === 0 ? shared : new Set([...inherited, ...after]));
  }
  return before;
}

/** A circle in the order, as names in turn, the first one again at the end; null where there is none. */
export function circleIn(campaign: Pick<Campaign, 'waves'>): string[] | null {
  const edges = edgesOf(campaign);
  const state = new Map<string, 'open' | 'done'>();
  for (const start of edges.keys()) {
    if (state.has(start)) continue;
    // A stack of its own: a thousand services in a row are deeper than the engine's.
    const path: { readonly node: string; readonly left: string[] }[] = [
      { node: start, left: [...(edges.get(start) ?? [])] },
    ];
    state.set(start, 'open');
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        state.set(top.node, 'done');
        path.pop();
      } else if (state.get(next) === 'open') {
        const nodes = path.map(({ node }) => node);
        return [...nodes.slice(nodes.indexOf(next)), next].map(labelOf);
      } else if (!state.has(next)) {
        state.set(next, 'open');
        path.push({ node: next, left: [...(edges.get(next) ?? [])] });
      }
    }
  }
  return null;
}

const waveNode = (name: string) => `wave ${name}`;
const serviceNode = (name: string) => `service ${name}`;
/** A name alone does not say whether it is a wave's. */
const labelOf = (node: string) => node.replace(' ', ' "').concat('"');

/** Each service waits for the waves before its own and for the services that it names; a wave is complete with its services. */
function edgesOf(campaign: Pick<Campaign, 'waves'>): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  for (const wave of campaign.waves) {
    edges.set(
      waveNode(wave.name),
      wave.services.map(({ name }) => serviceNode(name)),
    );
    const waits = wavesBefore(campaign, wave).map(waveNode);
    for (const { name, after } of wave.services) edges.set(serviceNode(name), [...waits, ...after.map(serviceNode)]);
  }
  return edges;
}

/** Services by name. */
export function byName(campaign: Pick<Campaign, 'waves'>): ReadonlyMap<string, CampaignService> {
  return new Map(campaignServices(campaign).map((service) => [service.name, service]));
}
