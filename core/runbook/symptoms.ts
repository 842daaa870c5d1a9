/** What may wake somebody, and what to do about each: one table, from which mails, dashboard, command and page are made. */
import { athenaDatabase } from '../model/index.ts';
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
}

export interface Symptom {
  readonly means: string;
  /** What has been done by the time anybody reads it. */
  readonly done: string;
  /** Where to look, first things first. */
  readonly steps: (names: DeployedNames) => readonly RunbookStep[];
}

const RETURNED =
  'All traffic is being returned to stable. A message “rolled back” says when it was done, within a minute or two; from then on nothing has to be done tonight.';

const UNMOVED = 'Nothing was moved.';

const candidateLogs: RunbookStep = {
  text: 'Look at the candidate’s logs for the minutes before the alarm, by `requestId` or `traceId`; Logs Insights has a saved query “errors by side and path” for the reference application.',
};

const latency = (percentile: string, look: string): Symptom => ({
  means: `The candidate’s ${percentile} latency has been above the stable side’s by the plan’s ratio and by at least its floor, for longer than a warm-up.`,
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
    means:
      'Connections to the candidate fail: it crashes or has no tasks. A crash like this does not show up as target 5xx.',
    done: RETURNED,
    steps: (names) => [
      { text: 'Events and stopped tasks of the candidate:', commands: serviceCommands(names, names.candidateService) },
      { text: 'Health of its targets, with reasons:', commands: [healthCommand(names, names.candidateGroup)] },
    ],
  },
  'elb-5xx': {
    means:
      'The load balancer itself answers the candidate’s requests with 5xx, far more often than stable’s. The metric is not split by target group: how many requests each side’s targets left unanswered shows which side it is.',
    done: RETURNED,
    steps: (names) => [
      {
        text: 'Health of both sides; on the dashboard, `HTTPCode_ELB_502_Count`, `503` and `504` tell refused requests from slow ones:',
        commands: [healthCommand(names, names.candidateGroup), healthCommand(names, names.stableGroup)],
      },
    ],
  },
  'candidate-latency-p50-ratio': latency(
    'p50',
    'Compare both sides’ traces for the same route; look for a missing connection pool or a cold cache.',
  ),
  'candidate-latency-p95-ratio': latency('p95', 'Compare both sides’ traces; look at the slowest route first.'),
  'candidate-latency-p99-ratio': latency(
    'p99',
    'Garbage collection, and retries to the upstream, are the usual causes.',
  ),
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
        text: 'See whether the stable side’s breaker is open too (dashboard, “Circuit breaker”): then the upstream is at fault, not the candidate.',
      },
    ],
  },
  'mirror-unhealthy': {
    means: 'No mirror is healthy. The share of customers that passes through it would fail.',
    done: 'The mirror’s weight is 0. In the shadow phases that is a rollback, because without a mirror there is no evidence; in the soak the candidate answers its share directly and the run goes on; in a canary stage nothing passes through the mirror.',
    steps: (names) => [
      {
        text: 'Health of the mirror’s targets; its stopped tasks and logs say why:',
        commands: names.mirrorGroup === null ? [] : [healthCommand(names, names.mirrorGroup)],
      },
    ],
  },
  'mirror-lost': {
    means: 'The mirror has lost more than a twentieth of what it was to capture.',
    done: `${UNMOVED} The sign-off counts what was lost, and holds when too little is left.`,
    steps: () => [
      {
        text: 'Dashboard, “Copies dropped, by reason”: `busy`, `breaker` (the other side is slow or fails), `recorder-*` (the recorder is slow, full or gone), `queue`, `sink` (Firehose does not take it), `oversize` (raise `copies.bodyCapBytes`), `error`. A smaller `copies.sampleRate` helps against all of them but `oversize` and `error`.',
      },
    ],
  },
  'mirror-cut': {
    means: 'More than a tenth of the captured answers are longer than the cap; what lies beyond it is not compared.',
    done: UNMOVED,
    steps: () => [{ text: 'Raise `copies.bodyCapBytes`, or keep routes with long downloads away from the mirror.' }],
  },
  'mirror-refused': {
    means:
      'The mirror itself refuses more than a twentieth of the requests: it cannot read them, or has seen them before.',
    done: `${UNMOVED} Those customers got 400, 501 or 508.`,
    steps: () => [
      {
        text: 'The log of the container `envoy` names the reason of each 5xx. 508 says that the URL of a side leads back to the load balancer. If customers suffer, set the mirror’s share of the plan to 0.',
      },
    ],
  },
  'mirror-primary-failed': {
    means: 'The mirror answered more than a hundredth of the requests with 502, because its primary gave no answer.',
    done: `${UNMOVED} The gate sees the same failures as those of the stable side.`,
    steps: (names) => [
      {
        text: 'Dashboard, “Primary gave no answer, by Envoy’s flag” (UF: no connection, UC: it ended, UPE: no HTTP), and the log of the container `envoy`, a line for each. Health of the primary:',
        commands: [healthCommand(names, names.stableGroup)],
      },
    ],
  },
  'recorder-silent': {
    means:
      'Requests pass through the mirror, but for three minutes no recorder has reported any: all recorders are down, or cannot read from Envoy.',
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
        text: 'Read the captures: each entry of `comparison.differences` has a location, a cause and advice. In Athena:',
        commands: [
          `SELECT route, comparison FROM ${athenaDatabase(names.ingress)}.pairs WHERE hour = '2026/11/24/08' LIMIT 100`,
        ],
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
        text: 'Until it works again, look yourself, and roll back by hand if the weights are not safe:',
        commands: [
          crossfadeCommand(names, 'status'),
          crossfadeCommand(names, "rollback --reason 'the watchdog fails'"),
        ],
      },
      {
        text: 'The alarm’s metrics name the function, whose log has the error. A throttle means that the account’s concurrency is used up; an `AccessDenied` means that a policy or a permissions boundary has changed.',
      },
    ],
  },
  'waiting-for-capacity': {
    means: 'A rollback cannot complete: the stable side has too few healthy targets to take everything.',
    done: 'The run is fenced and stopped, and the stable service is being scaled up. The watchdog tries again every minute; the candidate answers meanwhile.',
    steps: (names) => [
      {
        text: 'Find out why the stable side’s tasks do not start, or do not become healthy:',
        commands: [...serviceCommands(names, names.stableService), healthCommand(names, names.stableGroup)],
      },
      {
        text: 'If customers are better off on a stable side that looks unhealthy, force it:',
        commands: [crossfadeCommand(names, "rollback --break-glass --reason 'why'")],
      },
    ],
  },
  'not-rolled-back': {
    means: 'An alarm went red, but no message “rolled back” followed.',
    done: 'Perhaps nothing. The watchdog checks the weights every minute.',
    steps: (names) => [
      {
        text: 'Roll back; a rollback may be repeated at any time:',
        commands: [crossfadeCommand(names, "rollback --reason 'why'")],
      },
      {
        text: 'Without Crossfade on this machine, call the function itself:',
        commands: [
          awsCommand(
            names,
            `lambda invoke --function-name ${names.ingress}-crossfade-rollback --cli-binary-format raw-in-base64-out --payload '{"trigger":"operator","reason":"why","by":"your name"}' /dev/stdout`,
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
