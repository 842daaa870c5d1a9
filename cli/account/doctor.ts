/** `crossfade doctor`: checks whether an account is ready for a cutover, before and after the deployment; read-only. */
import { Command } from 'commander';
import { type Diagnosis, examine, type Level, worst } from '../../core/doctor/index.ts';
import { withDeployed } from '../run/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, plain, plainJson, say, type Terminal, UsageError } from '../shared/index.ts';
import type { DoctorOptions } from './gather-facts.ts';

interface Options extends DoctorOptions {
  readonly json?: boolean;
}

export function doctorCommand(terminal: Terminal): Command {
  return withDeployed(new Command('doctor'))
    .description(
      'check an account before a cutover: listener, target groups, owners, alarms, notifications, permissions; changes nothing',
    )
    .option('--attach <file>', 'before the deploy: the attach file (JSON) that `cdk deploy -c attach=FILE` will get')
    .option('--plan <file>', 'also check the alarms that this plan names')
    .option('--json', 'print JSON: worst (ok, warn or fail) and diagnoses, a list of check, level, why and mend')
    .action(async (options: Options, command: Command) => {
      for (const name of ['ingress', 'deployment'] as const)
        if (options.attach !== undefined && command.getOptionValueSource(name) === 'cli')
          throw new UsageError(
            `--attach and --${name} exclude each other: use --attach before the deploy, --${name} after it`,
          );
      // Loads the clients of ten services, for which no other command should wait.
      const { gatherFacts } = await import('./gather-facts.ts');
      const facts = await attempt(
        () => NOTHING_CHANGED,
        () => gatherFacts(options),
      );
      const diagnoses = examine(facts);
      say(terminal.out, options.json === true ? plainJson({ worst: worst(diagnoses), diagnoses }, 2) : text(diagnoses));
      terminal.exit(worst(diagnoses) === 'fail' ? EXIT.failed : EXIT.ok);
    });
}

const SIGNS: Readonly<Record<Level, string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

function text(diagnoses: readonly Diagnosis[]): string {
  const counts = (level: Level) => diagnoses.filter((diagnosis) => diagnosis.level === level).length;
  return [
    ...diagnoses.flatMap(({ check, level, why, mend }) => [
      `${SIGNS[level]}  ${check.padEnd(18)}  ${plain(why)}`,
      ...(mend === null ? [] : [`      ${''.padEnd(18)}  → ${plain(mend)}`]),
    ]),
    '',
    `${counts('fail')} fail, ${counts('warn')} warn, ${counts('ok')} ok. Nothing was changed.`,
  ].join('\n');
}
