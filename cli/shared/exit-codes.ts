/** Exit codes of every command; shown in the help. */
export const EXIT = {
  ok: 0,
  /** The command ran, and its answer is no; {@link NO} says what that means for each command. */
  failed: 1,
  /** Bad input, or an environment that lacks credentials or a region; nothing was touched. */
  usage: 2,
  /** The command could not be done: AWS, the network or a file stood against it. The message says what was changed. */
  unable: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The one meaning that exit code 1 has for each command that gives an answer. */
export const NO: Readonly<Record<string, string>> = {
  rehearse: 'a scenario did not end as it should',
  chaos: 'a case was not safe, or nobody was told',
  drill: 'the drill was not brought back by its alarm and verified',
  diff: 'there are differences that count',
  contract: 'there are differences that count',
  status: 'the live weights are not the desired ones',
  export: 'the ledger has no entry of that cutover',
  replay: 'a decision comes out otherwise',
  approve: 'the cutover waits for no sign-off',
  refuse: 'the cutover waits for no sign-off',
};

export const EXIT_HELP = `
Exit codes:
  0    success
  1    completed, and the answer is negative; the help of each command says what that means
  2    bad input, no credentials or no region: the message names the field, and nothing was changed
  3    could not be done because of AWS, the network or a file: the message says what was changed
  130  interrupted`;
