/** A campaign: many cutovers, wave by wave. Defines the fields that an operator writes, and their meaning. */
import * as z from 'zod';
import {
  acceptedPlanOfToday,
  acceptedPlanSchema,
  durationSchema,
  ingressIdSchema,
  type Plan,
  planOfToday,
  planSchema,
} from '../model/index.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The names of campaign and service together form the name of an execution, which is limited to 80 characters. */
function nameSchema(longest: number) {
  return z.string().regex(new RegExp(`^[a-z][a-z0-9-]{0,${longest - 1}}$`), {
    error: `must begin with a lower-case letter and hold 1 to ${longest} lower-case letters, digits and -`,
  });
}

const names = z.array(z.string()).max(1_000);
const zone = z.string().min(1);
const begin = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day from 00:00 to 23:59' });
const end = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'must be a time of day from 00:00 to 24:00' });

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const recurringSchema = z.strictObject({
  /** Name for messages. */
  name: nameSchema(40),
  /** Days on which it begins; by default every day. */
  days: z.array(z.enum(DAYS)).min(1).optional(),
  /** Time of day at which it begins. */
  from: begin,
  /** Time of day at which it ends; on the next day if that is not after `from`. */
  to: end,
  /** IANA time zone, such as `Europe/Berlin`, including its daylight-saving time. */
  timeZone: zone,
});
export type RecurringPause = z.infer<typeof recurringSchema>;

const localInstant = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/, {
  error: 'must be a local time such as 2026-12-20T18:00',
});

const freezeSchema = z.strictObject({
  /** Name for messages. */
  name: nameSchema(40),
  /** Local time at which it begins. */
  from: localInstant,
  /** Local time at which it ends. */
  to: localInstant,
  /** IANA time zone of both times. */
  timeZone: zone,
});
export type Freeze = z.infer<typeof freezeSchema>;

const pauseSchema = z.strictObject({
  /** Recurring times, such as nights and weekends. */
  recurring: z.array(recurringSchema).max(20).default([]),
  /** One-time periods, such as a freeze before a holiday. */
  freezes: z.array(freezeSchema).max(20).default([]),
});
export type PauseWindows = z.infer<typeof pauseSchema>;

const serviceSchema = z.strictObject({
  /** Name of the service in the campaign. Its run is named after the campaign and the service. */
  name: nameSchema(40),
  /** Ingress id of its deployment. */
  ingress: ingressIdSchema,
  /** The account of its deployment, by its name in `accounts`. */
  account: z.string(),
  /** The region of its deployment. */
  region: z.string().regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d$/, { error: 'must be a region such as eu-central-1' }),
  /** Its plan, by its name in `plans`; by default the default plan. */
  plan: z.string().optional(),
  /** Services that must be complete before this one starts, in addition to the preceding waves. */
  after: names.default([]),
  /**
   * ARNs of the listener rules that its deployment writes, so that two services that write the same rule are detected
   * without calling AWS.
   */
  rules: z
    .array(
      z.string().regex(/^arn:[^:]+:elasticloadbalancing:[^:]+:\d{12}:listener-rule\/.+$/, {
        error: 'must be the ARN of a listener rule',
      }),
    )
    .max(100)
    .default([]),
});
export type CampaignService = z.infer<typeof serviceSchema>;

const waveSchema = z.strictObject({
  /** Name for messages. */
  name: nameSchema(40),
  /** Waves that must be complete before this one starts; by default the previous wave. `[]`: none. */
  after: names.optional(),
  /** Services are started in this order, as far as the blast radius allows. */
  services: z.array(serviceSchema).min(1).max(1_000),
});

const blastRadiusSchema = z.strictObject({
  /** How many cutovers may be in progress at once. */
  services: z.int().min(1).max(1_000).default(10),
  /**
   * How many of them may be in one region of one account, where they share API limits; by default as many as
   * `services`.
   */
  perPlace: z.int().min(1).max(1_000).optional(),
});

export const campaignSchema = z.strictObject({
  /** Name of the campaign. Starting the same name again has no effect. */
  name: nameSchema(30),
  /** Free text for people. */
  description: z.string().max(200).default(''),
  blastRadius: blastRadiusSchema.prefault({}),
  /**
   * What happens to cutovers in progress after one has failed; in either case no further one starts. `return`: they
   * roll back to their stable side. `stay`: they are paused where they are, for people to decide.
   */
  onFailure: z.enum(['stay', 'return']).default('return'),
  /**
   * How long they stay paused; a run that nobody has resumed by then is rolled back. A run can be paused for 8 hours in
   * total.
   */
  stayFor: durationSchema(10 * MINUTE, 7 * HOUR).prefault('PT7H'),
  /** Accounts by name: their twelve digits, as text. */
  accounts: z.record(
    z.string(),
    z.string().regex(/^\d{12}$/, { error: 'must be the twelve digits of an account, as text' }),
  ),
  /** Plans by name, each with the fields of a plan. */
  plans: z.record(z.string(), z.preprocess(planOfToday, planSchema)).default({}),
  /**
   * When no cutover starts. Cutovers in progress continue: their gates and alarms also work at night, and pausing them
   * would leave traffic split.
   */
  pause: pauseSchema.prefault({}),
  /** The waves, in order. */
  waves: z.array(waveSchema).min(1).max(200),
});

/** A campaign in progress, which some version has accepted. Later versions still read its plans. */
export const acceptedCampaignSchema = campaignSchema.extend({
  plans: z.record(z.string(), z.preprocess(acceptedPlanOfToday, acceptedPlanSchema)).default({}),
});

/** A parsed campaign; all durations are whole seconds. */
export type Campaign = z.infer<typeof campaignSchema>;
export type Wave = Campaign['waves'][number];

/** All services, in file order. */
export function campaignServices({ waves }: Pick<Campaign, 'waves'>): CampaignService[] {
  return waves.flatMap(({ services }) => services);
}

/** The plan of a service; the default plan if it names none. */
export function servicePlan({ plans }: Pick<Campaign, 'plans'>, { plan }: Pick<CampaignService, 'plan'>): Plan {
  return (plan === undefined ? undefined : plans[plan]) ?? planSchema.parse({});
}

/** A region of an account, such as `111122223333/eu-central-1`. Cutovers of one place share its API limits. */
export function servicePlace({ accounts }: Pick<Campaign, 'accounts'>, { account, region }: CampaignService): string {
  return `${accounts[account] ?? account}/${region}`;
}

/** Name of the one execution in which a campaign moves a service. A second start under that name has no effect. */
export function runName({ name }: Pick<Campaign, 'name'>, service: Pick<CampaignService, 'name'>): string {
  return `${name}-${service.name}`;
}
