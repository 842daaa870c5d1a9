/**
 * Names that have changed: states, plans, baselines and deployments that an earlier version wrote remain readable,
 * because a run outlives a deployment and a log outlives every version.
 */

/** Former names of plan fields, by section. A baseline uses those of the gate. */
const FIELDS: Readonly<Record<'gate' | 'shadow', ReadonlyMap<string, string>>> = {
  gate: new Map([
    ['errorBunch', 'errorBurst'],
    ['slowBunch', 'slowBurst'],
  ]),
  shadow: new Map([['minPairsPerRoute', 'minCapturesPerRoute']]),
};

/** The mirror and its two target groups. */
const MIRROR = new Map([
  ['tap', 'mirror'],
  ['tapForward', 'mirrorForward'],
  ['tapReverse', 'mirrorReverse'],
]);

/** Converts a plan to the present names. If a field is given under both names, the present one counts. */
export function planOfToday(plan: unknown): unknown {
  return changed(plan, {
    gate: (gate) => renamed(gate, FIELDS.gate),
    shadow: (shadow) => renamed(shadow, FIELDS.shadow),
  });
}

/** The same for a plan that an earlier version accepted and whose range a later one has narrowed. */
export function acceptedPlanOfToday(plan: unknown): unknown {
  const atLeast = (least: number) => (value: unknown) => (typeof value === 'number' ? Math.max(value, least) : value);
  const chances = (gate: unknown) => changed(gate, { alpha: atLeast(1e-9), beta: atLeast(1e-9) });
  return changed(planOfToday(plan), { gate: chances });
}

/** Converts the names of a baseline. */
export function baselineOfToday(baseline: unknown): unknown {
  return renamed(baseline, FIELDS.gate);
}

/** Converts the plan and the baseline in a run's state. */
export function stateOfToday(state: unknown): unknown {
  return changed(state, { plan: acceptedPlanOfToday, baseline: baselineOfToday });
}

/** Converts the names of a deployment. Names that users chose, such as a service called `tap`, are left unchanged. */
export function deploymentOfToday(deployment: unknown): unknown {
  const ofMirror = (value: unknown) => renamed(value, MIRROR);
  const role = (value: unknown) => (typeof value === 'string' ? (MIRROR.get(value) ?? value) : value);
  const rule = (value: unknown) => changed(value, { roles: each(role) });
  return changed(deployment, { targetGroups: ofMirror, services: ofMirror, rules: each(rule) });
}

type Change = (value: unknown) => unknown;

/** Applies changes to the named fields of an object, if present; any other value is left unchanged. */
function changed(value: unknown, changes: Readonly<Record<string, Change>>): unknown {
  if (!isObject(value)) return value;
  const present = Object.entries(changes).filter(([key]) => Object.hasOwn(value, key));
  return { ...value, ...Object.fromEntries(present.map(([key, change]) => [key, change(value[key])])) };
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (!isObject(value)) return value;
  const [earlier, todays] = [true, false].map((old) => Object.entries(value).filter(([key]) => names.has(key) === old));
  return Object.fromEntries([
    ...(earlier ?? []).map(([key, v]) => [names.get(key) ?? key, v] as const),
    ...(todays ?? []),
  ]);
}

function each(change: Change): Change {
  return (value) => (Array.isArray(value) ? value.map(change) : value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
