/** Copies requests, observes both answers and ships captures; no customer waits for it. */
export { CopyObserver, type CopyPorts } from './copy-observer.ts';
export { type AllowedCopy, type CopyPolicy, isSafeMethod, mayCopy } from './copy-policy.ts';
export { Counters, MIRROR_METRICS } from './counters.ts';
export { type CaptureSettings, ThreadCapture } from './delivery.ts';
export type { ExchangeObserver } from './exchange-observer.ts';
export { sampled } from './sampling.ts';
export { Shadow } from './shadow.ts';
export type { SinkConfig } from './sink.ts';
