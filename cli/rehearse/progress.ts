/** Progress of a rehearsal: a line for each thing that happened, and in a terminal a status line that moves. */
import { styleText } from 'node:util';
import * as z from 'zod';
import type { CloudEvent } from '../../rehearsal/cloud/index.ts';
import type { LoadTick } from '../../rehearsal/load/index.ts';
import type { Progress } from '../../rehearsal/scenario/index.ts';
import { clock } from '../../report/index.ts';
import type { Screen } from '../shared/index.ts';

type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim';

export interface ProgressOutput extends Progress {
  /** Ends the status line. */
  done(): void;
}

const stateSchema = z.looseObject({ phase: z.string(), next: z.string(), reason: z.string() });

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
  return {
    note: (at, text) => line(at, paint(text.startsWith('fault') ? 'red' : 'cyan', text)),
    event(at, event) {
      const text = describe(event, paint);
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

function describe(event: CloudEvent, paint: (style: Style, text: string) => string): string | null {
  switch (event.type) {
    case 'state': {
      if (!event.state.endsWith(' interval'))
        return event.state.startsWith('Watch') || event.state.startsWith('Verify') ? null : paint('cyan', event.state);
      const state = stateSchema.safeParse(event.input);
      return state.success ? `  ${state.data.phase}: ${state.data.reason}` : null;
    }
    case 'weights': {
      const { groups } = event.rule.forward;
      const short = (arn: string) => /targetgroup\/([A-Za-z]+?)[0-9A-F]{8}\//.exec(arn)?.[1] ?? arn;
      return groups.length < 3
        ? null
        : paint('yellow', `  weights ${groups.map((g) => `${short(g.targetGroupArn)} ${g.weight}`).join(', ')}`);
    }
    case 'alarm':
      return event.to === 'INSUFFICIENT_DATA' || event.from === 'INSUFFICIENT_DATA'
        ? null
        : paint(event.to === 'ALARM' ? 'red' : 'green', `  alarm ${event.name} ${event.to}: ${event.reason}`);
    case 'end':
      return paint(
        event.execution.status === 'SUCCEEDED' ? 'green' : 'red',
        `execution ${event.execution.status}${event.execution.cause === null ? '' : `: ${event.execution.cause}`}`,
      );
    case 'invocation-failed':
      return paint('red', `  ${event.functionName} failed: ${event.error}`);
    case 'scale':
      return `  service ${event.service.name}: ${event.service.desired} tasks wanted`;
    case 'message':
      return null;
  }
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
}
