/** Draws the live screen repeatedly in the terminal's alternate buffer, and restores the terminal. */
import type { RehearsalProgress, RehearsalState } from '../../rehearsal/scenario/index.ts';
import type { Screen } from '../shared/index.ts';
import { liveScreen, type ScreenSize } from './live-screen.ts';
import { painted } from './text-line.ts';

const REDRAW_MS = 250;

export interface RehearsalDisplay {
  /** For one more rehearsal; several may run at once. */
  begin(title: string): ShownRehearsal;
  /** Stops the animation and restores the terminal. */
  close(): void;
}

export interface ShownRehearsal extends RehearsalProgress {
  /** The rehearsal is over, whatever its result. */
  done(): void;
}

// xterm's control sequences (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), which all current terminals
// support.
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

/**
 * @param signal when it aborts, the terminal is restored at once, because a second Ctrl-C may end the process
 * immediately
 */
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
    // After a change of size, the content of the screen is undefined.
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

/**
 * The rehearsal to show completely comes first: of those that run, the last one that began, because it has the fault.
 */
function inOrder(all: readonly Shown[]): RehearsalState[] {
  const newest = [...all].reverse();
  return [...newest.filter(({ done }) => !done), ...newest.filter(({ done }) => done)].flatMap(
    ({ known }) => known ?? [],
  );
}
