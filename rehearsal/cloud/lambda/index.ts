/** Lambda: handlers' bundles in worker threads and virtual time. */

export { FunctionError, type FunctionOptions, type FunctionSpec, LocalFunction } from './lambda.ts';
export { LambdaService } from './lambda-service.ts';
