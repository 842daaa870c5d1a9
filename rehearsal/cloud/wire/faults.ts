/**
 * Faults that a caller of the cloud must survive. They are requested for every call, including those that the cloud
 * makes itself.
 */

/**
 * `throttle` and `fail` refuse the call before it has an effect; `hang` never answers and has no effect; `lose-answer`
 * has the effect and drops the connection; `garbage` has the effect and gives an invalid answer.
 */
export const FAULTS = ['throttle', 'fail', 'hang', 'lose-answer', 'garbage'] as const;
/** `deny` refuses because of a missing permission: an error of the deployment, which no sweep injects. */
export type Fault = (typeof FAULTS)[number] | 'deny';

/**
 * Asked for every call; null lets it pass. `n` counts the calls of this operation, from 1. Services are `cloudwatch`,
 * `states`, `ecs`, `application-autoscaling`, `firehose`, `elasticloadbalancing`, `sns`, `dynamodb`, and `lambda` both
 * for Invoke requests and for the invocations that the state machine, alarms and rules make.
 */
export type Intercept = (service: string, operation: string, n: number) => Fault | null;

/** Adds the counting of calls to the hook. */
export function countingCalls(intercept: Intercept): (service: string, operation: string) => Fault | null {
  const calls = new Map<string, number>();
  return (service, operation) => {
    const key = `${service}.${operation}`;
    const n = (calls.get(key) ?? 0) + 1;
    calls.set(key, n);
    return intercept(service, operation, n);
  };
}
