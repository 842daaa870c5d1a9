/**
 * Notifications about a cutover for machines: one JSON event on EventBridge and on the topic. The format is part of the
 * package: fields may be added, but none is renamed or removed without a new `v` (docs/reference/status-events.md,
 * status-event.schema.json).
 */
import * as z from 'zod';
import { shortened } from '../../input/index.ts';
import { cutoverIdSchema, type Deployment, ingressIdSchema, NOTICE_KINDS, type Notice } from '../model/index.ts';
import { consoleLinks } from './console-links.ts';

/** Incremented when readers of the present version could no longer read what is written. */
const STATUS_EVENT_VERSION = 1;

/**
 * SNS and EventBridge take 256 KiB. A message on the topic has the text six times, for mail and for machines, in JSON
 * within JSON, where a quotation mark is four characters. The decision log has the rest.
 */
const LONGEST = { subject: 200, text: 4_000, todo: 800, evidence: 1_500 } as const;

/** The source by which EventBridge rules match the events. */
export const STATUS_EVENT_SOURCE = 'crossfade';
export const STATUS_EVENT_DETAIL_TYPE = 'Crossfade Status Change';

/** The severities of PagerDuty's Events API: https://developer.pagerduty.com/docs/send-alert-event */
const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

const SEVERITY_OF: Readonly<Record<Notice['kind'], Severity>> = {
  phase: 'info',
  decision: 'info',
  signoff: 'info',
  refused: 'warning',
  warning: 'warning',
  rollback: 'error',
  waiting: 'critical',
  verified: 'info',
  completed: 'info',
};

export const statusEventSchema = z.looseObject({
  /** Identifies the format: `crossfade.status`. */
  format: z.literal('crossfade.status'),
  /** Version of the format. */
  v: z.literal(STATUS_EVENT_VERSION),
  /** Identifies the event; a repeated delivery has the same id. */
  id: z.string().min(1),
  /** When it happened. */
  at: z.iso.datetime(),
  /** The ingress of the deployment. */
  ingressId: ingressIdSchema,
  /** null if no run is known. */
  cutoverId: cutoverIdSchema.nullable(),
  /**
   * `phase`: a phase or stage began. `decision`: an evaluation of the gate. `signoff`: an approval is pending.
   * `refused`: the run did not begin. `rollback`: all traffic was returned to stable. `waiting`: a rollback cannot
   * complete yet. `verified`: request counts confirm the rollback. `warning`: people should know. `completed`: the
   * candidate is the service.
   */
  kind: z.enum(NOTICE_KINDS),
  /** How urgent it is, by PagerDuty's names. */
  severity: z.enum(SEVERITIES),
  /** For example `shadow` or `stage 10 %`; null if no run is known. */
  phase: z.string().nullable(),
  /** Percentage of the requests that the candidate should answer; null if unknown. */
  candidatePercent: z.number().min(0).max(100).nullable(),
  /** One line, suitable as the subject of a mail. */
  subject: z.string(),
  /** What happened, in sentences. */
  text: z.string(),
  /** What people have to do now, in one sentence; null if the text says it, or nothing has to be done. */
  todo: z.string().nullable(),
  /** Details of a pending sign-off. */
  signoff: z
    .looseObject({
      /** Which of the two sign-offs it is. */
      kind: z.enum(['shadow', 'final']),
      /** When the cutover rolls back if nobody has answered. */
      expiresAt: z.iso.datetime(),
      /** The facts on which the approver decides. */
      evidence: z.string(),
      /** The command that approves. */
      approve: z.string(),
      /** The command that refuses. */
      refuse: z.string(),
    })
    .nullable(),
  /** Pages about the deployment, as far as they exist. */
  links: z.looseObject({
    /** The runbook with the names of this deployment. */
    runbook: z.url().optional(),
    /** The dashboard of the cutover. */
    dashboard: z.url().optional(),
    /** The executions of the state machine. */
    machine: z.url().optional(),
  }),
});
export type StatusEvent = z.infer<typeof statusEventSchema>;

/** @param at ISO-8601 */
export function statusEvent(
  deployment: Pick<Deployment, 'ingressId' | 'rules' | 'runbookUrl'>,
  notice: Notice,
  { id, at }: { readonly id: string; readonly at: string },
): StatusEvent {
  const { kind, cutoverId, phase = null, candidatePercent = null, subject, body, todo = null, signoff = null } = notice;
  return {
    format: 'crossfade.status',
    v: STATUS_EVENT_VERSION,
    id,
    at,
    ingressId: deployment.ingressId,
    cutoverId,
    kind,
    severity: SEVERITY_OF[kind],
    phase,
    candidatePercent,
    subject: shortened(subject, LONGEST.subject),
    text: shortened(body, LONGEST.text),
    todo: todo === null ? null : shortened(todo, LONGEST.todo),
    signoff: signoff === null ? null : { ...signoff, evidence: shortened(signoff.evidence, LONGEST.evidence) },
    links: { ...consoleLinks(deployment) },
  };
}
