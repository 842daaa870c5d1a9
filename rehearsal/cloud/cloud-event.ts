/** Events in the local cloud, for observers. Instants are simulated, in milliseconds since the epoch. */
import type { RuleModel } from '../machine/index.ts';
import type { AlarmState } from './cloudwatch/index.ts';
import type { LocalService } from './services/index.ts';
import type { LocalExecution } from './states/index.ts';

export type CloudEvent = { readonly at: number } & (
  | {
      readonly type: 'alarm';
      readonly name: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
    }
  | { readonly type: 'weights'; readonly rule: RuleModel }
  | { readonly type: 'state'; readonly execution: LocalExecution; readonly state: string; readonly input: unknown }
  | { readonly type: 'end'; readonly execution: LocalExecution }
  | { readonly type: 'message'; readonly subject: string; readonly body: string }
  | { readonly type: 'invocation-failed'; readonly functionName: string; readonly error: string }
  | { readonly type: 'scale'; readonly service: LocalService }
);
