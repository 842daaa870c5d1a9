/** The props of a rule, and their shapes: its listener, its conditions, its testers and its groups. */
import type { IApplicationListener, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as z from 'zod';
import {
  anApplicationListenerArn,
  aRuleArn,
  aTargetGroupArn,
  aText,
  byArn,
  matching,
  type Shape,
  wholeNumberFrom,
} from '../props/index.ts';
import type { CohortProps } from './cohort.ts';
import type { HeaderValues, QueryMatch, RuleMatch } from './rule-match.ts';

/** A target group by ARN; any `IApplicationTargetGroup`, created or imported, qualifies. */
export type TargetGroupRef = Pick<IApplicationTargetGroup, 'targetGroupArn'>;
/** A listener by ARN; any `IApplicationListener` qualifies. */
export type ListenerRef = Pick<IApplicationListener, 'listenerArn'>;

/** The target groups of a cutover, by role. */
export interface CutoverGroups {
  /** Targets of the service that serves today. */
  readonly stable: TargetGroupRef;
  /** Targets of the rewrite. */
  readonly candidate: TargetGroupRef;
  /** Answers from the stable side and copies to the candidate. @default - no forward mirror */
  readonly mirrorForward?: TargetGroupRef;
  /** Answers from the candidate and copies to the stable side. @default - no reverse mirror */
  readonly mirrorReverse?: TargetGroupRef;
}

export interface RuleProps extends RuleMatch {
  /** The listener itself, or its ARN. */
  readonly listener: ListenerRef;
  /** Unique on the listener, 1 to 50,000. */
  readonly priority: number;
  /** Request methods that the rule matches. @default - any method */
  readonly methods?: readonly string[];
  /** Matches only testers, whom the candidate may answer before the first stage. @default - everybody */
  readonly cohort?: CohortProps;
  /** All of them are in the rule from the start: stable with weight 100, the others with 0. */
  readonly groups: CutoverGroups;
}

/** ELBv2's limit on a rule's priority. */
export const MAX_PRIORITY = 50_000;

const texts = z.array(aText);
const header = z.strictObject({ name: aText, values: texts } satisfies Shape<HeaderValues>);
const aGroup = byArn<TargetGroupRef>('a target group, or { targetGroupArn }', 'targetGroupArn', aTargetGroupArn);

export const COHORT_SHAPE = {
  header: header.optional(),
  cookie: z.strictObject({ name: aText, value: aText }).optional(),
  sourceIps: texts.optional(),
} satisfies Shape<CohortProps>;

export const MATCH_SHAPE = {
  hosts: texts.optional(),
  paths: texts.optional(),
  headers: z.array(header).optional(),
  queries: z.array(z.strictObject({ key: aText.optional(), value: aText } satisfies Shape<QueryMatch>)).optional(),
  sources: texts.optional(),
  like: aRuleArn.optional(),
} satisfies Shape<RuleMatch>;

export const GROUPS_SHAPE = {
  stable: aGroup,
  candidate: aGroup,
  mirrorForward: aGroup.optional(),
  mirrorReverse: aGroup.optional(),
} satisfies Shape<CutoverGroups>;

export const RULE_SHAPE = {
  ...MATCH_SHAPE,
  listener: byArn<ListenerRef>('a listener, or { listenerArn }', 'listenerArn', anApplicationListenerArn),
  priority: wholeNumberFrom(1, MAX_PRIORITY),
  methods: z.array(matching(/^[A-Z_-]{1,40}$/, 'a method in capitals, such as GET')).optional(),
  cohort: z.strictObject(COHORT_SHAPE).optional(),
  groups: z.strictObject(GROUPS_SHAPE),
} satisfies Shape<RuleProps>;
