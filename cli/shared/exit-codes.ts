/** Exit codes of every command; shown in the help. */
export const EXIT = {
  ok: 0,
  /** The command ran, and its answer is no: a scenario failed, a cutover is not safe. */
  failed: 1,
  /** Bad input; nothing was touched. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  0    success
  1    completed, but the result is negative (rollback, drift, differences), or the command failed
  2    bad input: the message names the field, and nothing was changed
  130  interrupted`;

/** Bad input to a command, in one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
