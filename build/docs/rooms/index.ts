/** Who may import whom, and which rooms are pure: test/house holds every import and every global to this table. */
import { COMMANDS } from './commands.ts';
import { COMPARISON } from './comparison.ts';
import { CORE } from './core.ts';
import { DEPLOYMENT } from './deployment.ts';
import { REHEARSAL } from './rehearsal.ts';
import type { Room } from './room.ts';
import { TOOLS } from './tools.ts';

export type { Room } from './room.ts';

export const ROOMS: Readonly<Record<string, Room>> = {
  ...CORE,
  ...COMPARISON,
  ...DEPLOYMENT,
  ...REHEARSAL,
  ...COMMANDS,
  ...TOOLS,
};

/** Files of a room, its face left out, unless the table says otherwise. */
export const MOST_FILES = 15;

/** Lines of a file. */
export const MOST_LINES = 350;

/** Rooms that every room may import: words that comparison and cutover share. */
export const ROOMS_OF_ALL: readonly string[] = ['sides'];

/** Packages of npm that every room may import. */
export const PACKAGES_OF_ALL: readonly string[] = ['zod'];

/** The folders that hold sources of the product; tests, benchmarks and examples are no rooms. */
export const SOURCES: readonly string[] = [...new Set(Object.keys(ROOMS).map((room) => room.split('/')[0] ?? room))];
