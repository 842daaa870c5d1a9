/** The pipeline that compares captures. */
export { ParityBackfill, type ParityBackfillProps } from './parity-backfill.ts';
export { ParityPipeline, type ParityPipelineProps } from './parity-pipeline.ts';
