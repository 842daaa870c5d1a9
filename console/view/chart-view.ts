/** A chart as data: what is drawn, in which unit, over which interval. Colours are names that the style sheet knows. */

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
  /** Not joined to the point before. */
  readonly begins?: boolean;
}

export interface ChartLine {
  readonly label: string;
  readonly color: ColorName;
  readonly points: readonly ChartPoint[];
  /** Hold each value until the next, as weights do. */
  readonly step?: boolean;
  readonly dashed?: boolean;
  /** How long a point speaks for, milliseconds. @default until the next */
  readonly lastsMs?: number;
}

/** An instant that every chart names: a decision, a fault, the way back. */
export interface ChartMark {
  readonly x: number;
  readonly label: string;
  readonly color: ColorName;
}

/** A point by itself; its note is told where the pointer or the keyboard rests on it. */
export interface ChartDot extends ChartMark {
  readonly y: number;
  readonly shape: 'ring' | 'disc' | 'diamond';
  readonly note: string;
}

/** A stretch of time, named at its top. */
export interface ChartBand {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface ChartView {
  readonly id: string;
  readonly title: string;
  /** Unit, and the interval that a point stands for. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  /** Values beyond are drawn at the edge. @default linear: from 0 to the largest value */
  readonly range?: readonly [from: number, to: number];
  readonly lines: readonly ChartLine[];
  /** The room between the lines of these labels is shaded. */
  readonly between?: readonly [low: string, high: string];
  readonly dots: readonly ChartDot[];
  readonly bands: readonly ChartBand[];
  readonly marks: readonly ChartMark[];
  /** Common to all charts of a run, so that they line up. */
  readonly from: number;
  readonly to: number;
}
