/** Options, exit codes and what every command needs. */
export { eachBounded } from './each-bounded.ts';
export { EXIT, EXIT_HELP, type ExitCode, UsageError } from './exit-codes.ts';
export { FAIL_ON, type FailOn, failOnOption } from './fail-on.ts';
export { number } from './number.ts';
export { type ProcessTerminal, processTerminal } from './process-terminal.ts';
export { repeatable } from './repeatable.ts';
export { givenRules, readRules } from './rules-file.ts';
export { templates } from './templates.ts';
export { Interrupted, type Screen, say, type Terminal } from './terminal.ts';
export { version } from './version.ts';
