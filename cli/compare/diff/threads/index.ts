/** The work of a comparison, divided into tasks that all cores share. */
export { Partitions } from './partitions.ts';
export { Pool, usefulThreads } from './pool.ts';
export {
  type CapturesTask,
  type HashedLines,
  type LegsTask,
  LOG_SIDES,
  type NoisePass,
  type Repeated,
  type TaskResult,
} from './tasks.ts';
