/** What happens in the local cloud, for whoever watches. Instants are virtual, milliseconds since the epoch. */
import type { RuleModel } from '../world.ts';
import type { AlarmState } from './alarms.ts';
import type { LocalService } from './services.ts';
import type { LocalExecution } from './step-functions.ts';

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
