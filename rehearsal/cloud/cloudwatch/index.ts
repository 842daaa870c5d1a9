/** CloudWatch: metrics, metric math, alarms and mute rules. */
export { type AlarmNews, actionsOf, lambdaAction, snsMessage, stateChangeEvent } from './alarm-actions.ts';
export { type AlarmState, type AlarmTransition, alarmPropertiesSchema, LocalAlarm } from './alarms.ts';
export { cloudwatch } from './cloudwatch.ts';
export { MetricStore } from './metric-store.ts';
export { MuteRules } from './mute-rules.ts';
