/** Which services must be complete before others: by wave, and by service. */
import { type Campaign, type CampaignService, campaignServices, type Wave } from './campaign.ts';

/** Names of the waves before a wave: those that it names, or otherwise the previous one. */
export function wavesBefore({ waves }: Pick<Campaign, 'waves'>, wave: Wave): readonly string[] {
  if (wave.after !== undefined) return wave.after;
  const previous = waves[waves.indexOf(wave) - 1];
  return previous === undefined ? [] : [previous.name];
}

/** The services that must be complete before each service: its own `after` together with the preceding waves. */
export function prerequisites(campaign: Pick<Campaign, 'waves'>): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map(campaign.waves.map(({ name, services }) => [name, services.map((s) => s.name)]));
  const before = new Map<string, ReadonlySet<string>>();
  for (const wave of campaign.waves) {
    const inherited = wavesBefore(campaign, wave).flatMap((name) => members.get(name) ?? []);
    // Most services of a wave share one set; separate sets for 1,000 services in ten waves would have 100,000 entries.
    const shared = new Set(inherited);
    for (const { name, after } of wave.services)
      before.set(name, after.length === 0 ? shared : new Set([...inherited, ...after]));
  }
  return before;
}

/** A circle in the order, as names in sequence with the first one repeated at the end; null if there is none. */
export function circleIn(campaign: Pick<Campaign, 'waves'>): string[] | null {
  const edges = edgesOf(campaign);
  const state = new Map<string, 'open' | 'done'>();
  for (const start of edges.keys()) {
    if (state.has(start)) continue;
    // Uses an explicit stack, because a chain of a thousand services exceeds the engine's.
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
/** The name alone does not show whether it is a wave. */
const labelOf = (node: string) => node.replace(' ', ' "').concat('"');

/**
 * Each service waits for the preceding waves and for the services that it names. A wave is complete when its services
 * are.
 */
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
