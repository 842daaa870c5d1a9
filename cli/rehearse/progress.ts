/** RehearsalProgress of a rehearsal: a line for each thing that happened, and in a terminal a status line that moves. */
import { styleText } from 'node:util';
import * as z from 'zod';
import type { CloudEvent } from '../../rehearsal/cloud/index.ts';
import type { LoadTick } from '../../rehearsal/load/index.ts';
import type { RehearsalProgress } from '../../rehearsal/scenario/index.ts';
import { clock } from '../../report/index.ts';
import { plain, type Screen } from '../shared/index.ts';

type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim';

export interface ProgressOutput extends RehearsalProgress {
  /** Ends the status line. */
  done(): void;
}

const stateSchema = z.looseObject({ phase: z.string(), next: z.string(), reason: z.string() });
const approvedSchema = z.looseObject({ approval: z.looseObject({ approvedBy: z.string() }) });

/** What a state of the machine means to a reader; the others are shown by their names. */
const STATES: Readonly<Record<string, string>> = {
  'Await shadow sign-off': 'Waiting for approval to start the canary',
  'Shadow signed off': 'Canary approved',
  'Await final sign-off': 'Waiting for final approval',
  'Final signed off': 'Final approval given',
};

export function progressTo(stream: Screen): ProgressOutput {
  const terminal = stream.columns !== null;
  let startedAt: number | null = null;
  let status = '';
  const paint = (style: Style, text: string) => (terminal ? styleText(style, text) : text);
  const time = (at: number) => {
    startedAt ??= at;
    return paint('dim', clock(at - startedAt));
  };
  const line = (at: number, text: string) => {
    stream.write(`${terminal ? '\r\x1b[K' : ''}${time(at)}  ${text}\n`);
    if (terminal) stream.write(status);
  };
  let sums = new Map<string, { ok: number; failed: number; ms: number[] }>();
  let ticks = 0;
  const seen: Seen = { desired: new Map(), red: null };
  return {
    note: (at, text) => line(at, paint(text.startsWith('fault') ? 'red' : 'cyan', plain(text))),
    event(at, event) {
      const text = describe(event, seen, paint);
      if (text !== null) line(at, text);
    },
    tick(at, { sides }: LoadTick) {
      if (!terminal) return;
      for (const [side, s] of Object.entries(sides)) {
        const sum = sums.get(side) ?? { ok: 0, failed: 0, ms: [] };
        sums.set(side, { ok: sum.ok + s.ok, failed: sum.failed + s.failed, ms: [...sum.ms, ...s.latencies] });
      }
      if (++ticks % 4 !== 0) return;
      const parts = [...sums].map(
        ([side, s]) =>
          `${side} ${s.ok + s.failed} rps ${median(s.ms)} ms${s.failed > 0 ? paint('red', ` ${s.failed} failed`) : ''}`,
      );
      sums = new Map();
      status = `\r\x1b[K${time(at)}  ${parts.join('   ')}`;
      stream.write(status);
    },
    done() {
      if (terminal) stream.write('\r\x1b[K');
      status = '';
    },
  };
}

/** What later lines need of earlier events. */
interface Seen {
  /** Tasks by ECS service. */
  readonly desired: Map<string, number>;
  /** The alarm that went red last. */
  red: { readonly name: string; readonly reason: string } | null;
}

function describe(event: CloudEvent, seen: Seen, paint: (style: Style, text: string) => string): string | null {
  switch (event.type) {
    case 'state': {
      if (!event.state.endsWith(' interval'))
        return event.state.startsWith('Watch') || event.state.startsWith('Verify')
          ? null
          : paint('cyan', stateText(event.state, event.input));
      const state = stateSchema.safeParse(event.input);
      return state.success ? `  ${state.data.phase}: ${plain(state.data.reason)}` : null;
    }
    case 'weights': {
      const { groups } = event.rule.forward;
      const short = (arn: string) => /targetgroup\/([A-Za-z]+?)[0-9A-F]{8}\//.exec(arn)?.[1] ?? arn;
      return groups.length < 3
        ? null
        : paint('yellow', `  weights ${groups.map((g) => `${short(g.targetGroupArn)} ${g.weight}`).join(', ')}`);
    }
    case 'alarm':
      if (event.to === 'ALARM') seen.red = event;
      return event.to === 'INSUFFICIENT_DATA' || event.from === 'INSUFFICIENT_DATA'
        ? null
        : paint(event.to === 'ALARM' ? 'red' : 'green', `  alarm ${event.name} ${event.to}: ${plain(event.reason)}`);
    case 'end':
      return paint(event.execution.status === 'SUCCEEDED' ? 'green' : 'red', plain(endText(event.execution, seen.red)));
    case 'invocation-failed':
      return paint('red', `  ${event.functionName} failed: ${plain(event.error)}`);
    case 'scale': {
      const { name, desired } = event.service;
      const before = seen.desired.get(name);
      seen.desired.set(name, desired);
      return `  ECS service ${shortName(name)}: desired count ${before === undefined ? '' : `${before} -> `}${desired}`;
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

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
}
