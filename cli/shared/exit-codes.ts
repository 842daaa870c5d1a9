/** Exit codes of every command, as shown in the help. */
export const EXIT = {
  ok: 0,
  /** The command completed with a negative result; {@link meaningOfNo} says what that means for each command. */
  failed: 1,
  /** Bad input, or an environment without credentials or a region; nothing was changed. */
  usage: 2,
  /** The command failed because of AWS, the network or a file. The message says what was changed. */
  unable: 3,
  /** `wait` reached its time limit. */
  late: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The meaning of exit code 1 for each command that gives a result. */
const NO: Readonly<Record<string, string>> = {
  rehearse: 'a scenario did not end as expected',
  chaos: 'a case ended unsafe, or nobody was notified',
  doctor: 'a check fails',
  accept: 'a claim was not observed, something is left behind, or you did not confirm; the evidence says which',
  drill: 'the alarm did not trigger a verified rollback in time',
  diff: 'there are differences of the severity that `--fail-on` names, or a higher one',
  contract: 'there are differences of the severity that `--fail-on` names, or a higher one',
  status: 'the live weights do not match the expected weights',
  export: 'the ledger has no decision log of that cutover',
  replay: 'a decision changes, or the baseline would have rejected the plan',
  start: 'you did not confirm',
  watch: 'the cutover did not complete',
  wait: 'the cutover ended in another way than the one waited for',
  history: 'the ledger has no decision log of that cutover',
  approve: 'the sign-off does not take this answer; the message says why',
  refuse: 'the sign-off does not take this answer; the message says why',
  pause: 'the request is refused; the message says why',
  resume: 'the request is refused; the message says why',
  promote: 'the request is refused; the message says why',
  retry: 'the request is refused; the message says why',
  'campaign status': 'the campaign has failed, has died or was refused',
  rollback:
    'traffic is not back on stable: the cutover is complete, or stable is being scaled up; the message says which',
  abort: 'the cutover does not own the ingress, or has ended',
};

interface Named {
  name(): string;
  readonly parent: Named | null;
}

/** undefined for a command without such a result. A subcommand, such as `campaign status`, is named with its group. */
export function meaningOfNo(command: Named): string | undefined {
  const { parent } = command;
  const isOfGroup = parent !== null && parent.parent !== null;
  return NO[isOfGroup ? `${parent.name()} ${command.name()}` : command.name()];
}

export const EXIT_HELP = `
Exit codes:
  0    success
  1    completed, but the result is negative (rollback, drift, differences);
       the help of each command names it
  2    bad input, no credentials or no region: the message names the field, and
       nothing was changed
  3    failed because of AWS, the network or a file: the message says what was
       changed
  4    the wait command reached its time limit
  130  interrupted`;
