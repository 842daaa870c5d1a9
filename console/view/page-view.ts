/**
 * Everything that the page shows, as plain JSON: computed by the server and drawn by `console/page`. Instants are
 * milliseconds since the epoch.
 */
import type { ChartView } from './chart-view.ts';

/** `busy`: in progress. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain';

export interface PageView {
  /** `frozen`: a single file that makes no requests. */
  readonly mode: 'live' | 'frozen';
  readonly title: string;
  /** When the view was computed. */
  readonly at: number;
  /** The IAM identity (ARN) that acts from this page; null if there is none. */
  readonly caller: string | null;
  readonly runs: readonly RunView[];
  /** Earlier runs of the ingress, newest first. */
  readonly history: readonly PastRun[];
  /** What could not be read, in one sentence each; everything else is shown. */
  readonly gaps: readonly string[];
}

export interface RunView {
  readonly cutover: string;
  readonly title: string;
  readonly headline: { readonly tone: Tone; readonly sentence: string };
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly from: number;
  readonly to: number;
  /** `elapsed`: simulated time since `from`; `utc`: time of day. */
  readonly clock: 'elapsed' | 'utc';
  readonly phases: readonly PhaseStep[];
  readonly shares: readonly Share[];
  readonly gauges: readonly Gauge[];
  /** The sentence of the latest evaluation; empty before the first. */
  readonly evaluation: string;
  readonly parity: ParityList | null;
  readonly signoff: PendingSignoff | null;
  readonly alarms: readonly AlarmLine[];
  readonly charts: readonly ChartView[];
  readonly decisions: readonly DecisionRow[];
  readonly actions: readonly ActionOffer[];
}

export interface PhaseStep {
  readonly name: string;
  readonly state: 'done' | 'now' | 'next' | 'failed';
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The earliest time at which it may end, according to its bake; null if the plan does not say. */
  readonly dueAt: number | null;
}

/** Which side answers customers. */
export interface Share {
  readonly side: string;
  readonly label: string;
  readonly percent: number;
}

/** Evidence, relative to the threshold at which it decides. */
export interface Gauge {
  readonly metric: string;
  /** The decision to which it leads. */
  readonly toward: 'rollback' | 'advance';
  /** The e-value, and the threshold at which it decides. */
  readonly value: number;
  readonly threshold: number;
  /** 0 to 1 on a logarithmic scale; 1 at the threshold. */
  readonly filled: number;
  /** What was observed on both sides. */
  readonly observed: string;
}

export interface ParityList {
  readonly tone: Tone;
  readonly sentence: string;
  /** What has to be done or known before a sign-off, most serious first. */
  readonly todo: readonly { readonly what: string; readonly advice: string }[];
}

export interface PendingSignoff {
  readonly kind: 'shadow' | 'final';
  readonly askedAt: string;
  readonly expiresAt: number;
  readonly evidence: string;
  readonly agreed: readonly string[];
  /** What the plan requires of the people who answer. */
  readonly rules: readonly string[];
  readonly commands: readonly string[];
}

export interface AlarmLine {
  readonly name: string;
  readonly state: string;
  /** Muted, or without actions, so it would not roll back. */
  readonly note: string;
}

export interface DecisionRow {
  readonly at: number;
  readonly kind: string;
  readonly where: string;
  readonly by: string;
  readonly text: string;
  readonly tone: Tone;
}

export const ACTIONS = [
  'pause',
  'resume',
  'promote',
  'override',
  'retry',
  'abort',
  'approve',
  'refuse',
  'rollback',
] as const;
export type ActionName = (typeof ACTIONS)[number];

export interface ActionOffer {
  readonly name: ActionName;
  readonly label: string;
  readonly tone: 'good' | 'bad' | 'plain';
  /** The effects of the action, in one sentence each. */
  readonly will: readonly string[];
  /** Why the action is not possible now; null if it is. */
  readonly refused: string | null;
  /** Whether a reason must be given. */
  readonly reason: 'required' | 'optional';
  /** What the person saw. If the run is in another state by then, nothing is done. */
  readonly seen: SeenRun;
}

/** An action that somebody requests from the page. */
export interface ActionRequest {
  readonly action: ActionName;
  readonly cutover: string;
  readonly reason: string;
  readonly seen: SeenRun;
}

/** The result, in one or two sentences. */
export interface ActionAnswer {
  readonly done: boolean;
  readonly text: string;
}

/** The state of a run when somebody looked at it. */
export interface SeenRun {
  readonly phase: string;
  readonly stage: number;
}

export interface PastRun {
  readonly cutover: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly outcome: string;
  readonly tone: Tone;
  readonly why: string;
}
