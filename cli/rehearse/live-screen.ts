/** The screen of a running rehearsal: a pure function of its state and the terminal's size. */

import { clock } from '../../console/view/index.ts';
import { COHORT_STAGE, describePlace } from '../../core/model/index.ts';
import type { GateEvidence, RehearsalState } from '../../rehearsal/scenario/index.ts';
import { plain } from '../shared/index.ts';
import { fitted, padded, paddedLeft, type Style, type StyledText, styled, type TextLine } from './text-line.ts';

export interface ScreenSize {
  /** Columns and rows of the terminal, at least 1. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * At most `rows` lines of at most `columns` columns. The most important lines come first, and decisions take the
 * remaining space.
 * @param others rehearsals that run at the same time, or have ended, with one line each
 */
export function liveScreen(
  state: RehearsalState,
  { columns, rows }: ScreenSize,
  others: readonly RehearsalState[] = [],
): TextLine[] {
  const blocks = [
    [titleOf(state), ...railOf(state, columns), stageOf(state)],
    others.map(otherOf),
    trafficOf(state, columns),
    evidenceOf(state, columns),
    alarmsOf(state),
    latencyOf(state),
  ];
  const lines: TextLine[] = [];
  for (const block of blocks) {
    const gap = lines.length === 0 ? 0 : 1;
    if (block.length === 0 || lines.length + gap + block.length > rows) continue;
    if (gap > 0) lines.push([]);
    lines.push(...block);
  }
  if (lines.length === 0) lines.push(...(blocks[0] ?? []).slice(0, rows));
  const room = rows - lines.length - 2;
  const decisions = decisionsOf(state).slice(-Math.max(0, room));
  if (room > 0 && decisions.length > 0) lines.push([], [styled('Decisions', 'bold')], ...decisions);
  return lines.map((line) => fitted(line, columns));
}

function titleOf({ title, at, startedAt, fault }: RehearsalState): TextLine {
  const injected = fault !== null && fault.at !== null;
  return [
    styled(plain(title), 'bold'),
    styled(`  ${clock(at - startedAt)} simulated`, 'dim'),
    ...(injected ? [styled('  FAULT INJECTED', 'red')] : []),
  ];
}

interface Station {
  readonly name: string;
  readonly here: boolean;
}

/** Names of phases in the timeline; a sign-off belongs to the phase that it ends. */
const RAIL = {
  baseline: 'baseline',
  shadow: 'shadow',
  exercise: 'exercise',
  soak: 'soak',
  decommission: 'decommission',
} as const;

const STATION_OF: Readonly<Record<string, keyof typeof RAIL>> = {
  preflight: 'baseline',
  shadowSignoff: 'exercise',
  finalSignoff: 'soak',
  retention: 'decommission',
};

function stationsOf({ plan, place }: RehearsalState): Station[] {
  const phase = STATION_OF[place.phase] ?? place.phase;
  const at = (name: keyof typeof RAIL): Station => ({ name: RAIL[name], here: phase === name });
  return [
    at('baseline'),
    at('shadow'),
    at('exercise'),
    ...(plan.cohort === undefined ? [] : [{ name: 'cohort', here: phase === 'stage' && place.stage === COHORT_STAGE }]),
    ...plan.stages.map(({ percent }, i) => ({
      name: `${percent} %`,
      here: phase === 'stage' && place.stage === i,
    })),
    at('soak'),
    at('decommission'),
  ];
}

/** One line about a rehearsal other than the one that is shown. */
function otherOf(state: RehearsalState): TextLine {
  const stations = stationsOf(state);
  const here = stations.findIndex((station) => station.here);
  const place = endingOf(state) ?? (here < 0 ? '' : `▶ ${stations[here]?.name}  ${here + 1} of ${stations.length}`);
  return [styled(plain(`Beside: ${state.title}  `), 'dim'), styled(place, state.ended === 'failed' ? 'red' : 'cyan')];
}

function endingOf({ ended }: RehearsalState): string | null {
  if (ended === null) return null;
  return ended === 'completed' ? '✓ complete' : ended === 'rolled back' ? '◀ ROLLED BACK to stable' : 'failed';
}

function railOf(state: RehearsalState, columns: number): TextLine[] {
  const back = state.ended === 'rolled back' || state.place.phase === 'rollback';
  const stations = stationsOf(state);
  const over = state.ended === 'completed' || state.place.phase === 'complete';
  const here = over ? stations.length : stations.findIndex((station) => station.here);
  if (back) return [[styled('◀ ROLLED BACK to stable', 'red')]];
  const rail = stations.flatMap(({ name }, i): StyledText[] => {
    const [sign, style]: [string, Style] = i < here ? ['✓', 'green'] : i === here ? ['▶', 'cyan'] : ['·', 'dim'];
    return [styled(`${i === 0 ? '' : ' '}${sign} ${name}`, style)];
  });
  const width = rail.reduce((sum, { text }) => sum + text.length, 0);
  // A narrow terminal shows only the present phase and its progress.
  if (width <= columns || here < 0) return [rail];
  const name = stations[here]?.name;
  return name === undefined
    ? [[styled('✓ complete', 'green')]]
    : [[styled(`▶ ${name}`, 'cyan'), styled(`  ${here + 1} of ${stations.length}`, 'dim')]];
}

/** The minimum duration of the phase in seconds; null if only its work or a person ends it. */
function secondsOf({ plan, place: { phase, stage } }: RehearsalState): number | null {
  switch (phase) {
    case 'stage':
      return (stage === COHORT_STAGE ? plan.cohort : plan.stages[stage])?.bake ?? null;
    case 'shadow':
      return plan.shadow.duration;
    case 'exercise':
      return plan.shadow.exercise;
    case 'soak':
      return plan.soak.duration;
    case 'retention':
      return plan.retention;
    default:
      return null;
  }
}

function stageOf(state: RehearsalState): TextLine {
  const { place, at, ended } = state;
  const name = describePlace(place, state.plan.stages[place.stage]?.percent);
  const seconds = secondsOf(state);
  if (ended !== null || seconds === null) return [styled(name, 'bold')];
  const left = place.since + seconds * 1000 - at;
  const until = left > 0 ? `${clock(left)} left (simulated)` : 'its time is over; waiting for evidence';
  return [styled(name, 'bold'), styled(`  ${until}`)];
}

const SIDES = [
  { name: 'stable', roles: ['stable', 'mirrorForward'], style: 'cyan' },
  { name: 'candidate', roles: ['candidate', 'mirrorReverse'], style: 'yellow' },
] as const;
const NAME_COLUMNS = 11;
const FIGURE_COLUMNS = 9;

function trafficOf({ shares, sides }: RehearsalState, columns: number): TextLine[] {
  const room = columns - NAME_COLUMNS - 3 * FIGURE_COLUMNS - 2;
  const bar = Math.max(0, Math.min(40, room));
  const head = [padded('', NAME_COLUMNS + bar + (bar > 0 ? 1 : 0)), ...['share', 'rps', 'errors'].map(figure)].join('');
  return [
    [styled(head, 'dim')],
    ...SIDES.map(({ name, roles, style }): TextLine => {
      const share = roles.reduce<number>((sum, role) => sum + (shares[role] ?? 0), 0);
      const now = sides[name];
      const errors = now === undefined || now.requests === 0 ? '-' : percentText(now.failed / now.requests);
      return [
        styled(padded(name, NAME_COLUMNS), style),
        ...(bar > 0 ? [...barOf(share, bar, style), styled(' ')] : []),
        styled(figure(`${Number((share * 100).toFixed(1))} %`)),
        styled(figure(now === undefined ? '-' : now.rps.toFixed(1))),
        styled(figure(errors), now !== undefined && now.failed > 0 ? 'red' : undefined),
      ];
    }),
    [styled('requests of the last simulated minute, per simulated second', 'dim')],
  ];
}

function latencyOf({ sides }: RehearsalState): TextLine[] {
  const text = (value: number) => figure(`${value.toFixed(1)} ms`);
  return [
    [
      styled(
        [padded('latency', NAME_COLUMNS), figure('p50'), figure('p95'), '  in real time, as clients saw it'].join(''),
        'dim',
      ),
    ],
    ...SIDES.map(({ name, style }): TextLine => {
      const now = sides[name];
      const figures = now === undefined ? figure('-') + figure('-') : text(now.p50) + text(now.p95);
      return [styled(padded(name, NAME_COLUMNS), style), styled(figures)];
    }),
  ];
}

/** The words ` rolls back` and ` advances`, and the space between their gauges. */
const GAUGE_WORDS = 22;

function evidenceOf({ evidence }: RehearsalState, columns: number): TextLine[] {
  if (evidence.length === 0) return [];
  const gauge = Math.max(4, Math.min(24, Math.floor((columns - NAME_COLUMNS - GAUGE_WORDS) / 2)));
  return [
    [styled('Gate evidence: at a full gauge the run rolls back, or the stage may advance', 'bold')],
    ...evidence.flatMap((metric): TextLine[] => [
      [
        styled(padded(plain(metric.metric), NAME_COLUMNS)),
        ...gaugeOf('rolls back', metric.worse, gauge, 'red'),
        styled('  '),
        ...gaugeOf('advances', metric.within, gauge, 'green'),
      ],
      [styled(`${padded('', NAME_COLUMNS)}${observed(metric)}`, 'dim')],
    ]),
  ];
}

function gaugeOf(
  label: string,
  { value, threshold }: GateEvidence['worse'],
  width: number,
  style: Style,
): StyledText[] {
  return [...barOf(filledTo(value, threshold), width, style), styled(` ${label}`, value >= threshold ? style : 'dim')];
}

/** E-values multiply, so they are shown on a logarithmic scale. 1, no evidence, is the empty gauge. */
function filledTo(value: number, threshold: number): number {
  if (!(value > 1)) return 0;
  return value >= threshold || threshold <= 1 ? 1 : Math.log(value) / Math.log(threshold);
}

function observed({ candidateRate, stableRate, margin }: GateEvidence): string {
  const rate = (name: string, value: number | null) => (value === null ? '' : `${name} ${percentText(value)}, `);
  return `${rate('candidate', candidateRate)}${rate('stable', stableRate)}margin ${percentText(margin)}`;
}

function alarmsOf({ alarms }: RehearsalState): TextLine[] {
  const names = Object.keys(alarms);
  const red = names.filter((name) => alarms[name] === 'ALARM');
  const unknown = names.filter((name) => alarms[name] === 'INSUFFICIENT_DATA').length;
  if (names.length === 0) return [];
  const rest = unknown === 0 ? '' : `, ${unknown} without data`;
  if (red.length === 0) return [[styled(`Alarms: none of ${names.length} in ALARM${rest}`, 'green')]];
  return [[styled(`Alarms: ${red.length} of ${names.length} in ALARM${rest}: ${red.map(plain).join(', ')}`, 'red')]];
}

const TONES = { good: 'green', bad: 'red', plain: undefined } as const;

function decisionsOf({ decisions, startedAt }: RehearsalState): TextLine[] {
  return decisions.map(({ at, text, tone }) => [
    styled(`${clock(at - startedAt)}  `, 'dim'),
    styled(plain(text), TONES[tone]),
  ]);
}

function barOf(share: number, width: number, style: Style): StyledText[] {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  // Any value above zero is visible.
  const filled = share > 0 ? Math.max(1, full) : 0;
  return [styled('█'.repeat(filled), style), styled('░'.repeat(width - filled), 'dim')];
}

function figure(text: string): string {
  return paddedLeft(text, FIGURE_COLUMNS);
}

function percentText(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
