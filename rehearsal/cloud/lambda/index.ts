/** Lambda: bundles of handlers in worker threads with simulated time. */

export { FunctionError, type FunctionOptions, type FunctionSpec, LocalFunction } from './lambda.ts';
export { LambdaService } from './lambda-service.ts';
