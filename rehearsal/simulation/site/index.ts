/** One ingress on AWS, in simulated time. */
export { simulatedAlarmsOf } from './alarms.ts';
export { copyOf } from './copy.ts';
export { MINUTE_MS, SCALING, Site, TASKS } from './site.ts';
export { deleteStack, updateStack } from './stack.ts';
export { Timeline } from './timeline.ts';
