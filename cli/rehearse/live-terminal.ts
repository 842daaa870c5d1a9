/** The live screen's edge: draws it over and over in the terminal's other buffer, and gives the terminal back as it was. */
import type { RehearsalProgress, RehearsalState } from '../../rehearsal/scenario/index.ts';
import type { Screen } from '../shared/index.ts';
import { liveScreen, type ScreenSize } from './live-screen.ts';
import { painted } from './text-line.ts';

const REDRAW_MS = 250;

export interface RehearsalDisplay {
  /** For one more rehearsal; several may run at once. */
  begin(title: string): ShownRehearsal;
  /** Ends what moves, and leaves the terminal as it was. */
  close(): void;
}

export interface ShownRehearsal extends RehearsalProgress {
  /** It is over, whatever came of it. */
  done(): void;
}

// xterm's control sequences (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), which every terminal of today understands.
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const atRow = (row: number) => `\x1b[${row};1H`;
const ERASE_LINE = '\x1b[2K';
const ERASE_BELOW = '\x1b[J';

/** A rehearsal that has begun. */
interface Shown {
  known: RehearsalState | null;
  done: boolean;
}

/** @param signal when it aborts, the terminal is given back at once: a second Ctrl-C may end the process where it stands. */
export function liveTerminal(screen: Screen, size: () => ScreenSize, signal: AbortSignal): RehearsalDisplay {
  const all: Shown[] = [];
  let before = '';
  let open = true;
  screen.write(ENTER);
  const draw = () => {
    const [shown, ...others] = inOrder(all);
    if (!open || shown === undefined) return;
    const { columns, rows } = size();
    const lines = liveScreen(shown, { columns, rows }, others);
    const text = lines.map((line, i) => `${atRow(i + 1)}${ERASE_LINE}${painted(line, screen.coloured)}`).join('');
    const below = lines.length < rows ? `${atRow(lines.length + 1)}${ERASE_BELOW}` : '';
    // A size that changed has left anything on the screen.
    const frame = `${columns}x${rows}${text}`;
    if (frame !== before) screen.write(text + below);
    before = frame;
  };
  const timer = setInterval(draw, REDRAW_MS);
  const leave = () => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    signal.removeEventListener('abort', leave);
    screen.write(LEAVE);
  };
  signal.addEventListener('abort', leave);
  return {
    begin() {
      const own: Shown = { known: null, done: false };
      all.push(own);
      return {
        event: () => {},
        tick: () => {},
        note: () => {},
        state(state) {
          const first = all.every(({ known }) => known === null);
          own.known = state;
          if (first) draw();
        },
        done() {
          own.done = true;
        },
      };
    },
    close: leave,
  };
}

/** First the one to show whole: of those that run the last begun, for that one has the fault. */
function inOrder(all: readonly Shown[]): RehearsalState[] {
  const newest = [...all].reverse();
  return [...newest.filter(({ done }) => !done), ...newest.filter(({ done }) => done)].flatMap(
    ({ known }) => known ?? [],
  );
}
