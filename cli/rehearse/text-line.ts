/** Lines for a terminal as values: their text, colours and width. */
import { styleText } from 'node:util';
import type { Screen } from '../shared/index.ts';

export type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Text in one style, without control characters. */
export interface StyledText {
  readonly text: string;
  readonly style?: Style | undefined;
}
export type TextLine = readonly StyledText[];

export function styled(text: string, style?: Style): StyledText {
  return { text, style };
}

/** Characters that occupy two columns: East Asian wide forms, and emoji (Unicode TR 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that are combined with the previous character. */
const NARROWEST = /\p{Mn}|\p{Me}/u;

/** Width of lines if the screen's width is unknown. */
const PLAIN_COLUMNS = 100;

/** The number of columns of a line. */
export function columnsOf({ columns }: Screen): number {
  return columns ?? PLAIN_COLUMNS;
}

/** The number of columns that `text` occupies at most. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOfCharacter(character);
  return width;
}

function columnsOfCharacter(character: string): number {
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function bareText(line: TextLine): string {
  return line.map(({ text }) => text).join('');
}

/** The line in at most `columns` columns; if it is cut, it ends in `…`. */
export function fitted(line: TextLine, columns: number): TextLine {
  if (widthOf(bareText(line)) <= columns) return line;
  const kept: StyledText[] = [];
  let left = Math.max(0, columns - 1);
  for (const { text, style } of line) {
    const begin = beginOf(text, left);
    kept.push({ text: begin, style });
    left -= widthOf(begin);
    if (begin !== text) break;
  }
  return columns < 1 ? [] : [...kept, { text: '…' }];
}

/** As much of the beginning of `text` as fits into `columns`. */
function beginOf(text: string, columns: number): string {
  let begin = '';
  let left = columns;
  for (const character of text) {
    left -= columnsOfCharacter(character);
    if (left < 0) break;
    begin += character;
  }
  return begin;
}

/**
 * The whole text in lines of at most `columns` columns (at least 2). Its own indentation is kept, and further lines are
 * indented if there is room.
 */
export function wrapped(text: string, columns: number, indent = 0): string[] {
  const room = Math.max(2, columns);
  const margin = ' '.repeat(indent * 2 < room ? indent : 0);
  const lines: string[] = [];
  const [own = ''] = /^ */.exec(text) ?? [];
  let line = own.length * 2 < room ? own : '';
  const end = () => {
    lines.push(line);
    line = margin;
  };
  for (const word of text.trimStart().split(/ (?! )/)) {
    let rest = word;
    const gap = line.trim() === '' ? '' : ' ';
    if (gap !== '' && widthOf(line) + 1 + widthOf(rest) > room) end();
    else line += gap;
    while (widthOf(line) + widthOf(rest) > room) {
      const begin = beginOf(rest, room - widthOf(line));
      line += begin;
      rest = rest.slice(begin.length);
      end();
    }
    line += rest;
  }
  return [...lines, line];
}

export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function paddedLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** The line as it is written to a stream. */
export function painted(line: TextLine, coloured: boolean): string {
  if (!coloured) return bareText(line);
  return line
    .map(({ text, style }) => (style === undefined ? text : styleText(style, text, { validateStream: false })))
    .join('');
}
