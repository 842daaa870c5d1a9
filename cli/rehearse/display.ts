/**
 * The display of running rehearsals: a live screen on a terminal, otherwise short plain lines, one rehearsal after the
 * other.
 */
import { plain, type Screen, type Terminal } from '../shared/index.ts';
import { liveTerminal, type RehearsalDisplay } from './live-terminal.ts';
import { plainProgress } from './progress.ts';
import { fitted, painted, styled, type TextLine } from './text-line.ts';

/** @param signal ends the live screen */
export function displayOn(screen: Screen, environment: Terminal['environment'], signal: AbortSignal): RehearsalDisplay {
  const { columns, rows } = screen;
  const moves = columns !== null && rows !== null && !environment.CI && environment.TERM !== 'dumb';
  if (!moves) return plainDisplay(screen);
  return liveTerminal(screen, () => ({ columns: screen.columns ?? columns, rows: screen.rows ?? rows }), signal);
}

/** A log is searched later, so only a terminal's lines are cut: the reason comes last in them. */
function shown(line: TextLine, { columns }: Screen): TextLine {
  return columns === null ? line : fitted(line, columns);
}

/** The output of a rehearsal that is kept while earlier ones are still being printed. */
interface Told {
  readonly lines: TextLine[];
  done: boolean;
}

/** Lines of concurrent rehearsals are not mixed: the first one is printed as it runs, and the others after it. */
function plainDisplay(screen: Screen): RehearsalDisplay {
  const waiting: Told[] = [];
  const flush = () => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      for (const line of first.lines.splice(0)) screen.write(`${painted(shown(line, screen), screen.coloured)}\n`);
      if (!first.done) return;
      waiting.shift();
    }
  };
  return {
    begin(title) {
      const before = waiting.length === 0 ? '' : ', at the same time';
      const told: Told = { lines: [[], [styled(plain(`== ${title}${before} ==`), 'bold')]], done: false };
      waiting.push(told);
      flush();
      const progress = plainProgress((line) => {
        told.lines.push(line);
        flush();
      });
      return {
        ...progress,
        done() {
          told.done = true;
          flush();
        },
      };
    },
    close() {},
  };
}
