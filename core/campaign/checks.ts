/** Checks of a campaign beyond its fields, before anything starts. */
import { fromIso, type PlanProblem, toIso } from '../model/index.ts';
import { type Campaign, type CampaignService, campaignServices, type Freeze, servicePlace } from './campaign.ts';
import { type CampaignState, LONGEST_MESSAGE } from './execution.ts';
import { circleIn } from './order.ts';
import { LONGEST_REASON, MOST_REASONS, type ServiceState, withFewReasons } from './states.ts';
import { nextOpening, type WallClock } from './windows.ts';

/** Recurring windows leave a minute open in every fortnight or in none, so any Sunday serves as the start. */
const ANY_SUNDAY = Date.UTC(2026, 0, 4);

interface Placed {
  readonly service: CampaignService;
  readonly wave: string;
  readonly path: string;
}

/** All problems, by the path of the field. */
export function campaignProblems(campaign: Campaign, clock: WallClock): PlanProblem[] {
  const placed = campaign.waves.flatMap(({ name: wave, services }, i) =>
    services.map((service, j): Placed => ({ service, wave, path: `waves.${i}.services.${j}` })),
  );
  const problems = [
    ...waveProblems(campaign),
    ...twice(placed),
    ...sharedListeners(campaign, placed),
    ...placed.flatMap((one) => unknowns(campaign, one, placed)),
    ...windowProblems(campaign, clock),
  ];
  // If names are missing or repeated, a circle cannot be determined.
  const circle = problems.length > 0 ? null : circleIn(campaign);
  return circle === null
    ? problems
    : [{ path: 'waves', message: `the order goes in a circle: ${circle.join(' waits for ')}` }];
}

function waveProblems({ waves }: Campaign): PlanProblem[] {
  const known = waves.map(({ name }) => name);
  return waves.flatMap(({ name, after = [] }, i) => [
    ...(known.indexOf(name) < i ? [{ path: `waves.${i}.name`, message: `another wave is called "${name}"` }] : []),
    ...after.flatMap((wanted, j) =>
      known.includes(wanted)
        ? []
        : [{ path: `waves.${i}.after.${j}`, message: `no wave is called "${wanted}"; there are ${known.join(', ')}` }],
    ),
  ]);
}

function twice(placed: readonly Placed[]): PlanProblem[] {
  const first = new Map<string, Placed>();
  return placed.flatMap((one) => {
    const other = first.get(one.service.name);
    if (other === undefined) {
      first.set(one.service.name, one);
      return [];
    }
    const message = `the service "${one.service.name}" is in wave "${other.wave}" already`;
    return [{ path: `${one.path}.name`, message }];
  });
}

/** An ingress has one lease, and a rule has one writer. */
function sharedListeners(campaign: Campaign, placed: readonly Placed[]): PlanProblem[] {
  const ingresses = new Map<string, CampaignService>();
  const rules = new Map<string, CampaignService>();
  return placed.flatMap(({ service, path }) => {
    const problems: PlanProblem[] = [];
    const ingress = `${servicePlace(campaign, service)}/${service.ingress}`;
    const owner = ingresses.get(ingress);
    if (owner === undefined) ingresses.set(ingress, service);
    else if (owner.name !== service.name)
      problems.push({
        path: `${path}.ingress`,
        message: `"${owner.name}" is a cutover of ingress ${service.ingress} in ${servicePlace(campaign, service)} already: two cutovers would write the same listener rules`,
      });
    service.rules.forEach((arn, i) => {
      const writer = rules.get(arn);
      if (writer === undefined) rules.set(arn, service);
      else if (writer !== service)
        problems.push({
          path: `${path}.rules.${i}`,
          message: `the cutover of "${writer.name}" writes this listener rule already`,
        });
      const [, , , region, account] = arn.split(':');
      if (
        `${account}/${region}` !== servicePlace(campaign, service) &&
        campaign.accounts[service.account] !== undefined
      )
        problems.push({
          path: `${path}.rules.${i}`,
          message: `is in ${account}/${region}, but the service is in ${servicePlace(campaign, service)}`,
        });
    });
    return problems;
  });
}

function unknowns({ accounts, plans }: Campaign, { service, path }: Placed, placed: readonly Placed[]): PlanProblem[] {
  const { account, plan, after, name } = service;
  const list = (known: Readonly<Record<string, unknown>>) => Object.keys(known).join(', ') || 'none';
  return [
    ...(Object.hasOwn(accounts, account)
      ? []
      : [
          {
            path: `${path}.account`,
            message: `unknown account "${account}"; the campaign has ${list(accounts)}`,
          },
        ]),
    ...(plan === undefined || Object.hasOwn(plans, plan)
      ? []
      : [{ path: `${path}.plan`, message: `unknown plan "${plan}"; the campaign has ${list(plans)}` }]),
    ...after.flatMap((wanted, i) =>
      placed.some((other) => other.service.name === wanted)
        ? []
        : [{ path: `${path}.after.${i}`, message: `no service is called "${wanted}", for which "${name}" waits` }],
    ),
  ];
}

function windowProblems({ pause }: Campaign, clock: WallClock): PlanProblem[] {
  const { recurring, freezes } = pause;
  const problems = [
    ...[
      ...recurring.map((w, i) => [`recurring.${i}`, w] as const),
      ...freezes.map((w, i) => [`freezes.${i}`, w] as const),
    ]
      .filter(([, { timeZone }]) => clock(timeZone, ANY_SUNDAY) === null)
      .map(([path, { timeZone }]) => ({
        path: `pause.${path}.timeZone`,
        message: `unknown time zone "${timeZone}"; it must be an IANA name such as Europe/Berlin`,
      })),
    ...recurring.flatMap(({ from, to }, i) =>
      from === to
        ? [{ path: `pause.recurring.${i}.to`, message: `begins and ends at ${from}; a whole day is 00:00 to 24:00` }]
        : [],
    ),
    ...freezes.flatMap((freeze, i) => freezeProblems(freeze, `pause.freezes.${i}`)),
  ];
  if (problems.length > 0 || nextOpening({ recurring, freezes: [] }, ANY_SUNDAY, clock) !== null) return problems;
  return [
    { path: 'pause.recurring', message: 'the windows leave no minute of the week open: nothing would ever start' },
  ];
}

function freezeProblems({ from, to }: Freeze, path: string): PlanProblem[] {
  const noDay = Object.entries({ from, to }).filter(([, local]) => !toIso(fromIso(`${local}Z`)).startsWith(local));
  if (noDay.length > 0)
    return noDay.map(([field, local]) => ({
      path: `${path}.${field}`,
      message: `${local} is not a date in the calendar`,
    }));
  return to > from ? [] : [{ path: `${path}.to`, message: `must be after ${from} (got ${to})` }];
}

/**
 * A state of an execution, and the input and output of a task, have at most 256 KiB of UTF-8
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). An execution that exceeds it fails at
 * once, whatever its retries say. The rest is for what Lambda's answer and the task's input have beside the state.
 */
const MOST_BYTES = 256 * 1024 - 8 * 1024;

/** A character of a text takes at most three bytes of UTF-8 for each of its units. */
const LARGEST_CHARACTER = '€';

/**
 * Whether the execution has room for everything that it may have to record.
 * @param input the campaign as written, which is the form that the execution carries
 */
export function sizeProblems(input: unknown, campaign: Campaign): PlanProblem[] {
  const bytes = new TextEncoder().encode(JSON.stringify(largestState(input, campaign))).length;
  if (bytes <= MOST_BYTES) return [];
  return [
    {
      path: 'campaign',
      message: `is too large for one execution: with the states of its services it may take ${bytes} bytes of at most ${MOST_BYTES}; split it, or lower blastRadius.services`,
    },
  ];
}

/** In an outage the first evaluation of a resumed campaign can read no service, whatever its state. */
function largestState(input: unknown, campaign: Campaign): CampaignState {
  const names = campaignServices(campaign)
    .map(({ name }) => name)
    .sort((a, b) => b.length - a.length);
  const atOnce = campaign.blastRadius.services;
  const remembered = names.slice(0, atOnce);
  const unreadable: ServiceState = { at: 'unknown', reason: LARGEST_CHARACTER.repeat(LONGEST_REASON) };
  const running: ServiceState = { at: 'running', phase: 'decommission', paused: false, pause: 'possible' };
  const largest = names.map((name, i): [string, ServiceState] => [
    name,
    i >= MOST_REASONS && i < MOST_REASONS + atOnce ? running : unreadable,
  ]);
  return {
    campaign: input,
    startedBy: `arn:${LARGEST_CHARACTER.repeat(200)}`,
    states: Object.fromEntries(withFewReasons(largest)),
    accepted: true,
    memory: { failedAt: toIso(0), failed: remembered, stopped: remembered },
    looks: 0,
    part: 1,
    next: 'look',
    waitSeconds: 60,
    message: LARGEST_CHARACTER.repeat(LONGEST_MESSAGE),
  };
}
