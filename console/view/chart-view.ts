/** A chart as data: its lines, unit and interval. Colours are names that the style sheet defines. */

export type ColorName =
  | 'stable'
  | 'candidate'
  | 'mirror'
  | 'reverse'
  | 'bad'
  | 'good'
  | 'warn'
  | 'muted'
  | 'violet'
  | 'teal';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Whether the point is not connected to the previous one. */
  readonly begins?: boolean;
}

export interface ChartLine {
  readonly label: string;
  readonly color: ColorName;
  readonly points: readonly ChartPoint[];
  /** Whether each value holds until the next one, as weights do. */
  readonly step?: boolean;
  readonly dashed?: boolean;
  /** How long a point remains valid, in milliseconds. @default until the next */
  readonly lastsMs?: number;
}

/** An instant that every chart marks: a decision, a fault, the rollback. */
export interface ChartMark {
  readonly x: number;
  readonly label: string;
  readonly color: ColorName;
}

/** A single point. Its note is shown when the pointer or the keyboard focus is on it. */
export interface ChartDot extends ChartMark {
  readonly y: number;
  readonly shape: 'ring' | 'disc' | 'diamond';
  readonly note: string;
}

/** A period, labelled at its top. */
export interface ChartBand {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface ChartView {
  readonly id: string;
  readonly title: string;
  /** The unit, and the interval that a point represents. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Values outside are drawn at the edge. @default linear, from 0 to the largest value */
  readonly range?: readonly [from: number, to: number];
  readonly lines: readonly ChartLine[];
  /** The area between the lines with these labels is shaded. */
  readonly between?: readonly [low: string, high: string];
  readonly dots: readonly ChartDot[];
  readonly bands: readonly ChartBand[];
  readonly marks: readonly ChartMark[];
  /** The same for all charts of a run, so that they line up. */
  readonly from: number;
  readonly to: number;
}
