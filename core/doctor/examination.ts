/** All checks, in the order in which people read them. */
import { clockAgrees, quotas } from './account-checks.ts';
import { alarms, functions, notices, rights, rules, runbook } from './deployed-checks.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Facts } from './facts.ts';
import {
  groupExists,
  owners,
  protocols,
  scheduledScaling,
  services,
  stickiness,
  targetHealth,
} from './group-checks.ts';
import { authentication, desyncMitigation, listenerExists, shadowedRules } from './listener-checks.ts';

const CHECKS: readonly ((facts: Facts) => Diagnosis[])[] = [
  listenerExists,
  desyncMitigation,
  authentication,
  shadowedRules,
  rules,
  groupExists,
  protocols,
  stickiness,
  targetHealth,
  services,
  scheduledScaling,
  owners,
  alarms,
  notices,
  functions,
  rights,
  quotas,
  runbook,
  clockAgrees,
];

export function examine(facts: Facts): Diagnosis[] {
  return CHECKS.flatMap((check) => check(facts));
}
