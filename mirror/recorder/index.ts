/** Copies requests, observes both answers and ships captures. No customer waits for it. */
export { type AllowedCopy, type CopyPolicy, isSafeMethod, mayCopy } from './copy-policy.ts';
export { Counters, type DropReason, MIRROR_METRICS } from './counters.ts';
export { type CaptureSettings, ThreadCapture } from './delivery.ts';
export type { RecordedExchange } from './exchange.ts';
export { ExchangeRecorder } from './exchange-recorder.ts';
export { sampled } from './sampling.ts';
export { type CopyRequest, Shadow } from './shadow.ts';
export type { SinkConfig } from './sink.ts';
