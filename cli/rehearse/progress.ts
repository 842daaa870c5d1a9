/** Progress of a rehearsal in plain lines: a short one for each thing that happened. */
import * as z from 'zod';
import { clock } from '../../console/view/index.ts';
import type { CloudEvent } from '../../rehearsal/cloud/index.ts';
import type { RehearsalProgress } from '../../rehearsal/scenario/index.ts';
import { plain } from '../shared/index.ts';
import { type Style, type StyledText, styled, type TextLine } from './text-line.ts';

const stateSchema = z.looseObject({ phase: z.string(), next: z.string(), reason: z.string() });
const approvedSchema = z.looseObject({ approval: z.looseObject({ approvedBy: z.string() }) });

/** What a state of the machine means to a reader; the others are shown by their names. */
const STATES: Readonly<Record<string, string>> = {
  'Await shadow sign-off': 'Waiting for approval to start the canary',
  'Shadow signed off': 'Canary approved',
  'Await final sign-off': 'Waiting for final approval',
  'Final signed off': 'Final approval given',
};

/** Instants are those of the simulated clock, from its begin. */
export function plainProgress(tell: (line: TextLine) => void): RehearsalProgress {
  let startedAt: number | null = null;
  const line = (at: number, told: StyledText) => {
    startedAt ??= at;
    tell([styled(`${clock(at - startedAt)}  `, 'dim'), told]);
  };
  const seen: Seen = { desired: new Map(), failures: new Set(), weights: '', red: null };
  return {
    note: (at, text) => line(at, styled(plain(text), text.startsWith('fault') ? 'red' : 'cyan')),
    event(at, event) {
      const told = describe(event, seen);
      if (told !== null) line(at, told);
    },
    tick: () => {},
    state: () => {},
  };
}

/** What later lines need of earlier events. */
interface Seen {
  /** Tasks by ECS service. */
  readonly desired: Map<string, number>;
  /** What has failed: a task is tried again, and says the same each time. */
  readonly failures: Set<string>;
  /** What was told of weights last. */
  weights: string;
  /** The alarm that went red last. */
  red: { readonly name: string; readonly reason: string } | null;
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
      return state.success ? told(`  ${state.data.phase}: ${state.data.reason}`) : null;
    }
    case 'weights': {
      const { groups } = event.rule.forward;
      const short = (arn: string) => /targetgroup\/([A-Za-z]+?)[0-9A-F]{8}\//.exec(arn)?.[1] ?? arn;
      const text = `  weights ${groups.map((g) => `${short(g.targetGroupArn)} ${g.weight}`).join(', ')}`;
      // The way back writes the safe weights as often as somebody asks for them.
      if (groups.length < 3 || text === seen.weights) return null;
      seen.weights = text;
      return told(text, 'yellow');
    }
    case 'alarm':
      if (event.to === 'ALARM') seen.red = event;
      return event.to === 'INSUFFICIENT_DATA' || event.from === 'INSUFFICIENT_DATA'
        ? null
        : told(`  alarm ${event.name} ${event.to}: ${event.reason}`, event.to === 'ALARM' ? 'red' : 'green');
    case 'end':
      return told(endText(event.execution, seen.red), event.execution.status === 'SUCCEEDED' ? 'green' : 'yellow');
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

function stateText(state: string, input: unknown): string {
  const text = STATES[state] ?? state;
  const approved = approvedSchema.safeParse(input);
  return approved.success && state.endsWith('signed off') ? `${text} by ${approved.data.approval.approvedBy}` : text;
}

/** The rollback stops the execution once the safe weights were read back, so an aborted one has been rolled back. */
function endText(
  { status, error, cause }: Extract<CloudEvent, { type: 'end' }>['execution'],
  red: Seen['red'],
): string {
  if (status === 'SUCCEEDED') return 'COMPLETED, all traffic on the candidate.';
  const alarm = red !== null && cause?.includes(red.reason) === true ? `alarm ${red.name}: ` : '';
  const why = cause === null ? '' : ` Cause: ${alarm}${withoutFrame(cause)}`;
  if (status === 'ABORTED' || error === 'Crossfade.RolledBack') return `ROLLED BACK, all traffic on stable.${why}`;
  return `${status}${error === null ? '' : ` (${error})`}.${why}`;
}

/** The trigger in a rollback's own sentence, which the line repeats otherwise. */
function withoutFrame(cause: string): string {
  return /^All traffic is on stable \((.*?)\.?\)\.$/s.exec(cause)?.[1] ?? cause;
}

/** `stable` of `StableService62C070A4`, the name that CloudFormation makes. */
function shortName(name: string): string {
  return /^([A-Za-z]+?)Service[0-9A-F]{8}$/.exec(name)?.[1]?.toLowerCase() ?? name;
}
