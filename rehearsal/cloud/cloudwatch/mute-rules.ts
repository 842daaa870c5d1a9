/**
 * Alarm mute rules: while one is active, its alarms change state but run no actions.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
 */
import * as z from 'zod';
import { parseDuration } from '../../../core/model/index.ts';
import { ACCOUNT, REGION } from '../template/index.ts';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';

const name = z.string().min(1).max(255);
const putSchema = z.strictObject({
  Name: name,
  Description: z.string().max(1_024).optional(),
  Rule: z.object({
    Schedule: z.object({
      // Recurring windows are refused rather than evaluated wrongly.
      Expression: z.string().regex(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d\)$/, 'only at(yyyy-MM-ddThh:mm) is modelled here'),
      Duration: z.string().refine((text) => parseDuration(text) !== undefined, 'is no ISO-8601 duration'),
      Timezone: z.literal('UTC').optional(),
    }),
  }),
  MuteTargets: z.object({ AlarmNames: z.array(name).max(100) }).optional(),
  StartDate: z.undefined().optional(),
  ExpireDate: z.undefined().optional(),
});
const nameSchema = z.strictObject({ AlarmMuteRuleName: name });
const STATUSES = ['SCHEDULED', 'ACTIVE', 'EXPIRED'] as const;
const listSchema = z.strictObject({
  AlarmName: name.optional(),
  Statuses: z.array(z.enum(STATUSES)).default([...STATUSES]),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});

interface MuteRule extends z.infer<typeof putSchema> {
  readonly updatedAt: number;
}

export class MuteRules {
  readonly #rules = new Map<string, MuteRule>();
  readonly #now: () => number;

  /** @param now simulated time, in milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  mutes(alarm: string): boolean {
    return [...this.#rules.values()].some((rule) => targets(rule).includes(alarm) && this.#status(rule) === 'ACTIVE');
  }

  readonly operations: JsonOperations = {
    PutAlarmMuteRule: (input) => {
      const rule = parse(putSchema, input);
      this.#rules.set(rule.Name, { ...rule, updatedAt: this.#now() });
      return {};
    },
    DeleteAlarmMuteRule: (input) => {
      this.#rules.delete(parse(nameSchema, input).AlarmMuteRuleName);
      return {};
    },
    GetAlarmMuteRule: (input) => {
      const { AlarmMuteRuleName } = parse(nameSchema, input);
      const rule = this.#rules.get(AlarmMuteRuleName);
      if (rule === undefined)
        throw new CloudError('ResourceNotFoundException', `Mute rule ${AlarmMuteRuleName} does not exist`, 404);
      const { Name, Description, Rule, MuteTargets } = rule;
      return { Name, Description, Rule, MuteTargets, ...this.#summary(rule) };
    },
    ListAlarmMuteRules: (input) => {
      const { AlarmName, Statuses, MaxRecords, NextToken } = parse(listSchema, input);
      const found = [...this.#rules.values()].filter(
        (rule) =>
          Statuses.includes(this.#status(rule)) && (AlarmName === undefined || targets(rule).includes(AlarmName)),
      );
      const from = Number(NextToken ?? 0);
      if (NextToken !== undefined && !(from > 0 && from < found.length))
        throw new CloudError('InvalidNextToken', 'Request parameter NextToken is invalid');
      const page = found.slice(from, from + MaxRecords);
      return {
        AlarmMuteRuleSummaries: page.map((rule) => this.#summary(rule)),
        NextToken: from + page.length < found.length ? String(from + page.length) : undefined,
      };
    },
  };

  #summary(rule: MuteRule) {
    return {
      AlarmMuteRuleArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm-mute-rule:${rule.Name}`,
      Status: this.#status(rule),
      MuteType: 'ONE_TIME',
      LastUpdatedTimestamp: rule.updatedAt / 1000,
    };
  }

  #status({ Rule: { Schedule } }: MuteRule): (typeof STATUSES)[number] {
    const from = Date.parse(`${Schedule.Expression.slice(3, -1)}:00Z`);
    const until = from + (parseDuration(Schedule.Duration) ?? 0) * 1000;
    const now = this.#now();
    return now < from ? 'SCHEDULED' : now < until ? 'ACTIVE' : 'EXPIRED';
  }
}

function targets({ MuteTargets }: MuteRule): readonly string[] {
  return MuteTargets?.AlarmNames ?? [];
}
