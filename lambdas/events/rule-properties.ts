/** The properties of `Custom::WeightedRule`: the position of the rule, its conditions, and its target groups. */
import * as z from 'zod';
import type { WantedRule } from '../../core/fence/index.ts';
import type { RuleConditions } from '../../core/listener/index.ts';

const texts = z.array(z.string()).default([]);
/** Texts of the custom resource: CloudFormation passes numbers as strings. */
export const rulePropertiesSchema = z
  .object({
    ListenerArn: z.string(),
    Priority: z.coerce.number().int().min(1).max(50_000),
    Methods: texts,
    Paths: texts,
    Hosts: texts,
    Headers: z.array(z.object({ Name: z.string(), Values: z.array(z.string()) })).default([]),
    Queries: z.array(z.object({ Key: z.string().optional(), Value: z.string() })).default([]),
    Sources: texts,
    /** A rule of the listener whose conditions and guards are copied. */
    LikeRuleArn: z.string().optional(),
    StableArn: z.string(),
    /** Name of the table with the leases. */
    Ledger: z.string().optional(),
    GroupArns: z.array(z.string()).min(2).max(5),
    Cohort: z
      .object({
        header: z.object({ name: z.string(), values: z.array(z.string()).min(1) }).optional(),
        sourceIps: z.array(z.string()).min(1).optional(),
      })
      .optional(),
  })
  .transform(
    ({ ListenerArn, Priority, StableArn, GroupArns, LikeRuleArn = null, Ledger = null, Cohort = {}, ...given }) => {
      const headers = given.Headers.map(({ Name, Values }) => ({ name: Name, values: Values }));
      const conditions: RuleConditions = {
        methods: given.Methods,
        hosts: given.Hosts,
        paths: given.Paths,
        headers: [...headers, ...(Cohort.header === undefined ? [] : [Cohort.header])],
        queries:
          given.Queries.length === 0 ? [] : [given.Queries.map(({ Key, Value }) => ({ key: Key, value: Value }))],
        // Testers are a subset of the rule's clients. ELBv2 accepts only one list of sources, so the narrower one is
        // used.
        sources: Cohort.sourceIps ?? given.Sources,
      };
      const wanted: WantedRule = {
        priority: Priority,
        conditions,
        guards: [],
        stableArn: StableArn,
        groupArns: GroupArns,
      };
      return { listenerArn: ListenerArn, likeRuleArn: LikeRuleArn, ledger: Ledger, wanted };
    },
  );
export type RuleProperties = z.infer<typeof rulePropertiesSchema>;
