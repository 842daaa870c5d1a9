/** The live screen's edge: draws it over and over in the terminal's other buffer, and gives the terminal back as it was. */
import type { RehearsalProgress, RehearsalState } from '../../rehearsal/scenario/index.ts';
import type { Screen } from '../shared/index.ts';
import { liveScreen, type ScreenSize } from './live-screen.ts';
import { painted } from './text-line.ts';

const REDRAW_MS = 250;

export interface ProgressOutput extends RehearsalProgress {
  /** Ends what moves, and leaves the terminal as it was. */
  done(): void;
}

// xterm's control sequences (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), which every terminal of today understands.
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const atRow = (row: number) => `\x1b[${row};1H`;
const ERASE_LINE = '\x1b[2K';
const ERASE_BELOW = '\x1b[J';

/** @param signal when it aborts, the terminal is given back at once: a second Ctrl-C may end the process where it stands. */
export function liveTerminal(screen: Screen, size: () => ScreenSize, signal: AbortSignal): ProgressOutput {
  let known: RehearsalState | null = null;
  let before = '';
  let open = true;
  screen.write(ENTER);
  const draw = () => {
    if (!open || known === null) return;
    const { columns, rows } = size();
    const lines = liveScreen(known, { columns, rows });
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
    event: () => {},
    tick: () => {},
    note: () => {},
    state(state) {
      if (known === null) {
        known = state;
        draw();
      }
      known = state;
    },
    done: leave,
  };
}
