/** A campaign: many cutovers, wave by wave. What an operator writes, and what it means. */
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

/** Campaign and service together are the name of an execution, which has at most 80 characters. */
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
  /** Its name in messages. */
  name: nameSchema(40),
  /** Days on which it begins; every day unless given. */
  days: z.array(z.enum(DAYS)).min(1).optional(),
  /** Time of day at which it begins. */
  from: begin,
  /** Time of day at which it ends; on the next day where that is not after `from`. */
  to: end,
  /** IANA time zone, such as `Europe/Berlin`: summer time is followed. */
  timeZone: zone,
});
export type RecurringPause = z.infer<typeof recurringSchema>;

const localInstant = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/, {
  error: 'must be a local time such as 2026-12-20T18:00',
});

const freezeSchema = z.strictObject({
  /** Its name in messages. */
  name: nameSchema(40),
  /** Local time at which it begins. */
  from: localInstant,
  /** Local time at which it ends. */
  to: localInstant,
  /** IANA time zone of both. */
  timeZone: zone,
});
export type Freeze = z.infer<typeof freezeSchema>;

const pauseSchema = z.strictObject({
  /** Times that come again, such as nights and weekends. */
  recurring: z.array(recurringSchema).max(20).default([]),
  /** Times that come once, such as a freeze before a holiday. */
  freezes: z.array(freezeSchema).max(20).default([]),
});
export type PauseWindows = z.infer<typeof pauseSchema>;

const serviceSchema = z.strictObject({
  /** Its name in the campaign. Its run is called after the campaign and after it. */
  name: nameSchema(40),
  /** Ingress id of its deployment. */
  ingress: ingressIdSchema,
  /** The account in which it is deployed, by its name in `accounts`. */
  account: z.string(),
  /** The region in which it is deployed. */
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, { error: 'must be a region such as eu-central-1' }),
  /** Its plan, by its name in `plans`; the default plan unless given. */
  plan: z.string().optional(),
  /** Services that must be complete before this one starts, beside the waves before its own. */
  after: names.default([]),
  /** ARNs of the listener rules that its deployment writes, so that two writers of one rule are found without AWS. */
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
  /** Its name in messages. */
  name: nameSchema(40),
  /** Waves that must be complete before this one starts; the wave before it unless given. `[]`: none. */
  after: names.optional(),
  /** Started in this order, as far as the blast radius allows. */
  services: z.array(serviceSchema).min(1).max(1_000),
});

const blastRadiusSchema = z.strictObject({
  /** Cutovers that may be under way at once. */
  services: z.int().min(1).max(1_000).default(10),
  /** Those of one region of one account, whose API limits they share; as many as `services` unless given. */
  perPlace: z.int().min(1).max(1_000).optional(),
});

export const campaignSchema = z.strictObject({
  /** Its name: the same name starts nothing a second time. */
  name: nameSchema(30),
  /** Free text for people. */
  description: z.string().max(200).default(''),
  blastRadius: blastRadiusSchema.prefault({}),
  /**
   * What happens to the cutovers under way once one has failed; no further one starts in either case. `return`: they go back to
   * their stable side. `stay`: they are paused where they stand, for people to decide.
   */
  onFailure: z.enum(['stay', 'return']).default('return'),
  /** How long they stay; a run that nobody has resumed by then is rolled back. A run can be paused for 8 hours in all. */
  stayFor: durationSchema(10 * MINUTE, 7 * HOUR).prefault('PT7H'),
  /** Accounts by name: their twelve digits, as text. */
  accounts: z.record(
    z.string(),
    z.string().regex(/^\d{12}$/, { error: 'must be the twelve digits of an account, as text' }),
  ),
  /** Plans by name, each with the fields of a plan. */
  plans: z.record(z.string(), z.preprocess(planOfToday, planSchema)).default({}),
  /** When no cutover starts. Those under way go on: their gates and alarms work by night, and pausing them would hold them at a split. */
  pause: pauseSchema.prefault({}),
  /** The waves, in their order. */
  waves: z.array(waveSchema).min(1).max(200),
});

/** A campaign under way, which some version has accepted: a later one still reads its plans. */
export const acceptedCampaignSchema = campaignSchema.extend({
  plans: z.record(z.string(), z.preprocess(acceptedPlanOfToday, acceptedPlanSchema)).default({}),
});

/** A parsed campaign; all durations are whole seconds. */
export type Campaign = z.infer<typeof campaignSchema>;
export type Wave = Campaign['waves'][number];

/** Step Functions takes 256 KiB as input (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); the rest is for what the campaign remembers. */
export const MOST_CAMPAIGN_BYTES = 192 * 1024;

/** All services, in the order in which they are written. */
export function campaignServices({ waves }: Pick<Campaign, 'waves'>): CampaignService[] {
  return waves.flatMap(({ services }) => services);
}

/** The plan of a service; the default plan where it names none. */
export function servicePlan({ plans }: Pick<Campaign, 'plans'>, { plan }: Pick<CampaignService, 'plan'>): Plan {
  return (plan === undefined ? undefined : plans[plan]) ?? planSchema.parse({});
}

/** A region of an account, such as `111122223333/eu-central-1`: cutovers of one place share its API limits. */
export function servicePlace({ accounts }: Pick<Campaign, 'accounts'>, { account, region }: CampaignService): string {
  return `${accounts[account] ?? account}/${region}`;
}

/** Name of the one execution in which a campaign moves a service: a second start under it starts nothing. */
export function runName({ name }: Pick<Campaign, 'name'>, service: Pick<CampaignService, 'name'>): string {
  return `${name}-${service.name}`;
}
