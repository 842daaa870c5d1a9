/** The progress of a rehearsal in plain lines: a short one for each event. */
import * as z from 'zod';
import { clock } from '../../console/view/index.ts';
import { causeText, describePlace } from '../../core/model/index.ts';
import type { CloudEvent } from '../../rehearsal/cloud/index.ts';
import type { RehearsalProgress } from '../../rehearsal/scenario/index.ts';
import { plain } from '../shared/index.ts';
import { type Style, type StyledText, styled, type TextLine } from './text-line.ts';

const stateSchema = z.looseObject({
  phase: z.string(),
  stage: z.number(),
  next: z.string(),
  reason: z.string(),
  plan: z.looseObject({ stages: z.array(z.looseObject({ percent: z.number() })) }),
});
const approvedSchema = z.looseObject({ approval: z.looseObject({ approvedBy: z.string() }) });

/** Descriptions of the machine's states; others are shown by name. */
const STATES: Readonly<Record<string, string>> = {
  'Await shadow sign-off': 'Waiting for approval to start the canary',
  'Shadow signed off': 'Canary approved',
  'Await final sign-off': 'Waiting for final approval',
  'Final signed off': 'Final approval given',
};

/** Instants are those of the simulated clock, from its start. */
export function plainProgress(tell: (line: TextLine) => void): RehearsalProgress {
  let startedAt: number | null = null;
  const line = (at: number, told: StyledText) => {
    startedAt ??= at;
    tell([styled(`${clock(at - startedAt)}  `, 'dim'), told]);
  };
  const seen: Seen = { desired: new Map(), failures: new Set(), weights: '', red: new Set() };
  return {
    note: (at, text) => line(at, styled(plain(text), text.startsWith('Fault') ? 'red' : 'cyan')),
    event(at, event) {
      const told = describe(event, seen);
      if (told !== null) line(at, told);
    },
    tick: () => {},
    state: () => {},
  };
}

/** What later lines need to know about earlier events. */
interface Seen {
  /** Tasks by ECS service. */
  readonly desired: Map<string, number>;
  /** Failures that were already reported, because a task is retried and fails with the same message. */
  readonly failures: Set<string>;
  /** The weights that were last reported. */
  weights: string;
  /** Alarms that were reported red. */
  readonly red: Set<string>;
}

function describe(event: CloudEvent, seen: Seen): StyledText | null {
  const told = (text: string, style?: Style) => styled(plain(text), style);
  switch (event.type) {
    case 'state': {
      if (!event.state.endsWith(' interval'))
        return event.state.startsWith('Watch') || event.state.startsWith('Verify')
          ? null
          : told(stateText(event.state, event.input), 'cyan');
      const state = stateSchema.safeParse(event.input);
      if (!state.success) return null;
      const { data } = state;
      return told(`  ${describePlace(data, data.plan.stages[data.stage]?.percent)}: ${data.reason}`);
    }
    case 'weights': {
      const { groups } = event.rule.forward;
      const text = `  traffic: ${sharesText(groups)}`;
      // A rollback writes the safe weights once for each trigger.
      if (groups.length < 3 || text === seen.weights) return null;
      seen.weights = text;
      return told(text, 'yellow');
    }
    case 'alarm': {
      const { name, to } = event;
      // The first state of a new alarm is not reported.
      if (to === 'ALARM' && event.from !== 'INSUFFICIENT_DATA') {
        seen.red.add(name);
        return told(`  alarm ${name} is in ALARM: ${event.reason.replace(/^Threshold Crossed: /, '')}`, 'red');
      }
      // If an alarm was not reported, its end is not reported either.
      return to === 'OK' && seen.red.has(name) ? told(`  alarm ${name} is OK again`, 'green') : null;
    }
    case 'end':
      return told(endText(event.execution), event.execution.status === 'SUCCEEDED' ? 'green' : 'yellow');
    case 'invocation-failed': {
      const text = `  ${event.functionName} failed: ${event.error}`;
      if (seen.failures.has(text)) return null;
      seen.failures.add(text);
      return told(text, 'red');
    }
    case 'scale': {
      const { name, desired } = event.service;
      const before = seen.desired.get(name);
      seen.desired.set(name, desired);
      return told(
        `  ECS service ${shortName(name)}: desired count ${before === undefined ? '' : `${before} -> `}${desired}`,
      );
    }
    case 'message':
      return null;
  }
}

const GROUPS: Readonly<Record<string, string>> = {
  Stable: 'stable',
  Candidate: 'candidate',
  MirrorForward: 'stable through the mirror',
  MirrorReverse: 'the candidate through the mirror',
};

/** Shares of the groups with weight, because weights are relative. */
function sharesText(groups: Extract<CloudEvent, { type: 'weights' }>['rule']['forward']['groups']): string {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const nameOf = (arn: string) => /targetgroup\/([A-Za-z]+?)[0-9A-F]{8}\//.exec(arn)?.[1] ?? arn;
  return groups
    .filter(({ weight }) => weight > 0)
    .map(({ targetGroupArn, weight }) => {
      const name = nameOf(targetGroupArn);
      return `${Number(((weight / total) * 100).toFixed(1))} % to ${GROUPS[name] ?? name}`;
    })
    .join(', ');
}

function stateText(state: string, input: unknown): string {
  const text = STATES[state] ?? state;
  const approved = approvedSchema.safeParse(input);
  return approved.success && state.endsWith('signed off') ? `${text} by ${approved.data.approval.approvedBy}` : text;
}

/**
 * A rollback stops the execution after the safe weights were read back, so an aborted execution has been rolled back.
 * Its cause is in the lease, which names the first of several triggers, whereas the execution names the last.
 */
function endText({ status, error, cause }: Extract<CloudEvent, { type: 'end' }>['execution']): string {
  if (status === 'SUCCEEDED') return 'COMPLETED, all traffic on the candidate.';
  if (status === 'ABORTED' || error === 'Crossfade.RolledBack') return 'ROLLED BACK, all traffic on stable.';
  return `${status}${error === null ? '' : ` (${error})`}.${cause === null ? '' : ` Cause: ${causeText(cause)}`}`;
}

/** `stable` for `StableService62C070A4`, a name that CloudFormation generated. */
function shortName(name: string): string {
  return /^([A-Za-z]+?)Service[0-9A-F]{8}$/.exec(name)?.[1]?.toLowerCase() ?? name;
}
