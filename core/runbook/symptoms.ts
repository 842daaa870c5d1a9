/**
 * Everything that may wake somebody, and what to do about it: one table, from which mails, dashboard, command and page
 * are generated.
 */
import { athenaDatabase, rollbackFunctionName } from '../model/index.ts';
import {
  awsCommand,
  crossfadeCommand,
  deadLettersCommand,
  healthCommand,
  rollbackLogCommand,
  serviceCommands,
} from './commands.ts';
import type { DeployedNames } from './deployed-names.ts';

export interface RunbookStep {
  readonly text: string;
  readonly commands?: readonly string[];
  /** SQL for Athena. */
  readonly query?: string;
}

export interface Symptom {
  readonly means: string;
  /** What has happened automatically by the time somebody reads it. */
  readonly done: string;
  /** Where to look, most important first. */
  readonly steps: (names: DeployedNames) => readonly RunbookStep[];
}

const RETURNED =
  'All traffic is being returned to stable. A “rolled back” message confirms it within a minute or two; after that, nothing more needs to be done tonight.';

const UNMOVED = 'Nothing was moved.';

const MIRROR_CLOSED =
  'The mirror’s weight is 0. In the shadow phases that is a rollback, because there is no evidence without a mirror. In the soak the candidate answers the mirror’s share directly, and the run continues. In a canary stage no traffic passes through the mirror.';

const candidateLogs: RunbookStep = {
  text: 'Look at the candidate’s logs for the minutes before the alarm, by `requestId` or `traceId`; Logs Insights has a saved query “errors by side and path” for the reference application.',
};

const latency = (percentile: string, look: string): Symptom => ({
  means: `The candidate’s ${percentile} latency has exceeded stable’s by the alarm’s ratio and by more than its floor (1.5 times and 10 ms by default) for longer than a warm-up.`,
  done: RETURNED,
  steps: () => [{ text: look }],
});

export const SYMPTOMS = {
  'candidate-5xx-ratio': {
    means: 'The candidate fails a larger share of its requests than stable does (target 5xx and refused connections).',
    done: RETURNED,
    steps: () => [candidateLogs],
  },
  'candidate-connection-errors': {
    means: 'Connections to the candidate fail: it crashes or has no tasks. Such failures do not show up as target 5xx.',
    done: RETURNED,
    steps: (names) => [
      { text: 'Events and stopped tasks of the candidate:', commands: serviceCommands(names, names.candidateService) },
      { text: 'Health of its targets, with reasons:', commands: [healthCommand(names, names.candidateGroup)] },
    ],
  },
  'elb-5xx': {
    means:
      'The load balancer itself answers the candidate’s requests with 5xx, far more often than stable’s. The metric is not split by target group: the number of requests that each side’s targets left unanswered shows which side is affected.',
    done: RETURNED,
    steps: (names) => [
      {
        text: 'Dashboard, “Connection errors; load balancer 5xx”: 502 means that a target closed the connection or sent no valid HTTP, 503 that none was registered or healthy, 504 that one was too slow. Health of both sides:',
        commands: [healthCommand(names, names.candidateGroup), healthCommand(names, names.stableGroup)],
      },
    ],
  },
  'candidate-latency-p50-ratio': latency(
    'p50',
    'Compare both sides’ traces for the same route; look for a missing connection pool or a cold cache.',
  ),
  'candidate-latency-p95-ratio': latency('p95', 'Compare both sides’ traces; look at the slowest route first.'),
  'candidate-latency-p99-ratio': latency('p99', 'The usual causes are garbage collection and retries to the upstream.'),
  'candidate-unhealthy-hosts': {
    means: 'Targets of the candidate have been failing their health checks for two minutes.',
    done: RETURNED,
    steps: (names) => [
      { text: 'The reason code of each target:', commands: [healthCommand(names, names.candidateGroup)] },
    ],
  },
  'breaker-open': {
    means: 'The candidate’s circuit breaker to its upstream stays open.',
    done: RETURNED,
    steps: () => [
      {
        text: 'Check whether the stable side’s breaker is open, too (dashboard, “Circuit breaker”). If it is, the upstream is at fault, not the candidate.',
      },
    ],
  },
  'mirror-unhealthy': {
    means: 'The mirror has no healthy target. Requests that pass through it would fail.',
    done: MIRROR_CLOSED,
    steps: (names) => [
      {
        text: 'Health of the mirror’s targets; its stopped tasks and logs say why:',
        commands: names.mirrorGroup === null ? [] : [healthCommand(names, names.mirrorGroup)],
      },
    ],
  },
  'mirror-5xx-ratio': {
    means: 'The mirror’s targets are healthy, but requests through it fail far more often than the others.',
    done: MIRROR_CLOSED,
    steps: () => [
      {
        text: 'The log of the container `envoy` gives the reason for each 5xx: no connection to the primary, a circuit breaker, or a request that it could not parse.',
      },
    ],
  },
  'mirror-lost': {
    means: 'The mirror has lost more than 5 % of the requests that it should have captured.',
    done: `${UNMOVED} The sign-off counts the losses, and holds if there are too many.`,
    steps: () => [
      {
        text: 'Dashboard, “Copies lost, by reason”: `busy`, `breaker` (the other side is slow or fails), `recorder-*` (the recorder is slow, full or gone), `queue`, `sink` (Firehose is too slow or refuses records), `oversize` (raise `copies.bodyCapBytes`), `error`. A smaller `copies.sampleRate` helps against all of them except `oversize` and `error`.',
      },
    ],
  },
  'mirror-cut': {
    means: 'More than 10 % of the captured answers are longer than the cap; everything beyond it is not compared.',
    done: UNMOVED,
    steps: () => [{ text: 'Raise `copies.bodyCapBytes`, or keep routes with long downloads away from the mirror.' }],
  },
  'mirror-refused': {
    means:
      'The mirror itself refuses more than 5 % of the requests: it cannot parse them, or they pass through it in a loop.',
    done: `${UNMOVED} Those customers got 400, 501 or 508.`,
    steps: () => [
      {
        text: 'The log of the container `envoy` gives the reason for each 5xx. 508 means that a side’s URL leads back to the load balancer. If customers suffer, end the run: with all traffic on stable, no request passes through the mirror.',
      },
    ],
  },
  'mirror-primary-failed': {
    means: 'The mirror answered more than 1 % of the requests with 502, because its primary did not answer.',
    done: `${UNMOVED} The gate sees these failures, too.`,
    steps: (names) => [
      {
        text: 'Dashboard, “Requests that the primary did not answer, by Envoy’s response flag” (UF: no connection; UC: connection closed; UPE: not valid HTTP), and the log of the container `envoy`, which has one line for each. Health of the primary, which is stable in the shadow and the candidate in the soak:',
        commands: [healthCommand(names, names.stableGroup), healthCommand(names, names.candidateGroup)],
      },
    ],
  },
  'mirror-died': {
    means:
      'Envoy exited unexpectedly in a task of the mirror: it crashed, or ran out of memory. Its requests in flight failed.',
    done: `${UNMOVED} ECS replaces the task. If no other task serves, \`mirror-unhealthy\` closes the mirror.`,
    steps: () => [
      {
        text: 'The line `envoy died` in the log of the container `envoy` has the exit code (137: killed, usually for lack of memory; 139 and 134: a crash; 1: its configuration), and Envoy’s own last lines stand before it. If it happens again within the hour, end the run: with all traffic on stable, no request passes through the mirror.',
      },
    ],
  },
  'recorder-silent': {
    means:
      'Requests pass through the mirror, but for three minutes no recorder has reported any: all recorders are down, or cannot read Envoy’s counts.',
    done: `${UNMOVED} Customers notice nothing. Captures lost meanwhile are counted as \`recorder-down\` once a recorder is back.`,
    steps: () => [
      { text: 'The log of the container `recorder`, and the reason why ECS stopped it: its memory limit is 768 MB.' },
    ],
  },
  'parity-mismatch': {
    means: 'The candidate’s answers differ from stable’s in ways that break clients.',
    done: `${RETURNED} In the shadow phase customers only ever saw stable; in the soak they saw the candidate, and the reverse copies show where it differs.`,
    steps: (names) => [
      {
        text: 'Read the captures: each entry of `comparison.differences` has a location, a cause and advice. In Athena, with the hour of the alarm (UTC):',
        query: `SELECT route, comparison FROM ${athenaDatabase(names.ingress)}.pairs WHERE hour = '2026/11/24/08' LIMIT 100`,
      },
    ],
  },
  'no-traffic': {
    means: 'The load balancer has seen no request for three minutes while a cutover runs.',
    done: 'Nothing was moved. No gate can decide without requests, so the stage holds.',
    steps: () => [{ text: 'Check DNS, the listener, and whatever stands in front of the load balancer.' }],
  },
  'dead-letters': {
    means: 'A rollback trigger could not be delivered.',
    done: 'The watchdog checks the same condition every minute, and restores the safe weights.',
    steps: (names) => [
      {
        text: 'If the weights are not safe, roll back by hand:',
        commands: [
          crossfadeCommand(names, 'status'),
          crossfadeCommand(names, "rollback --reason 'a trigger was lost'"),
        ],
      },
      {
        text: 'The queue’s ARN; then `aws sqs receive-message` shows the trigger and its error:',
        commands: [deadLettersCommand(names)],
      },
      { text: 'The rollback function’s log:', commands: [rollbackLogCommand(names)] },
    ],
  },
  'watchdog-failing': {
    means: 'The watchdog has failed, or was throttled, in three of the last five minutes.',
    done: 'Nothing. Alarms and the run itself still roll back, but nothing repairs what they miss until the watchdog works again.',
    steps: (names) => [
      {
        text: 'Until it works again, check the weights yourself, and roll back by hand if they are not safe:',
        commands: [
          crossfadeCommand(names, 'status'),
          crossfadeCommand(names, "rollback --reason 'the watchdog fails'"),
        ],
      },
      {
        text: 'The alarm’s metrics name the function; its log has the error. A throttle means that the account’s Lambda concurrency is used up; `AccessDenied` means that a policy or a permissions boundary has changed.',
      },
    ],
  },
  'waiting-for-capacity': {
    means: 'A rollback cannot complete: the stable side has too few healthy targets to take all traffic.',
    done: 'The run is fenced and stopped, and the stable service is being scaled up. The watchdog tries again every minute; meanwhile the candidate answers.',
    steps: (names) => [
      {
        text: 'Find out why the stable side’s tasks do not start or do not become healthy:',
        commands: [...serviceCommands(names, names.stableService), healthCommand(names, names.stableGroup)],
      },
      {
        text: 'If customers are better off even on a stable side that looks unhealthy, force the rollback:',
        commands: [crossfadeCommand(names, "rollback --break-glass --reason 'why'")],
      },
    ],
  },
  'not-rolled-back': {
    means: 'An alarm went into ALARM, but no “rolled back” message followed.',
    done: 'Possibly nothing. The watchdog checks the weights every minute.',
    steps: (names) => [
      {
        text: 'Roll back; this is safe to repeat at any time:',
        commands: [crossfadeCommand(names, "rollback --reason 'why'")],
      },
      {
        text: 'Without Crossfade on this machine, call the function itself (version 1 of the AWS CLI needs no `--cli-binary-format`, and does not know it):',
        commands: [
          awsCommand(
            names,
            `lambda invoke --function-name ${rollbackFunctionName(names.ingress)} --cli-binary-format raw-in-base64-out --payload '{"trigger":"operator","reason":"why","by":"your name"}' /dev/stdout`,
          ),
        ],
      },
    ],
  },
} as const satisfies Readonly<Record<string, Symptom>>;

export type SymptomId = keyof typeof SYMPTOMS;

export function isSymptom(text: string): text is SymptomId {
  return Object.hasOwn(SYMPTOMS, text);
}
