/** The protocols of AWS's SDK clients. */
export { endpoint, type Intercept, type RawAnswer, type RawRequest } from './endpoint.ts';
export { countingCalls, FAULTS, type Fault } from './faults.ts';
export { CloudError, type JsonOperations, members, parse, type QueryOperations, reading } from './protocol.ts';
