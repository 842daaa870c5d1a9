/** `crossfade runbook`: what to do about an alarm, with the names of the deployment filled in. */
import { Command, Help } from 'commander';
import {
  type DeployedNames,
  deployedNames,
  firstAid,
  isSymptom,
  SYMPTOMS,
  symptomSection,
} from '../../core/runbook/index.ts';
import { attempt, NOTHING_CHANGED, say, type Terminal, UsageError } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployment-source.ts';

const WITHOUT_AWS = 'Until then: docs/how-to/runbook.md is the same page with example names.';

export function runbookCommand(terminal: Terminal): Command {
  return withDeployed(new Command('runbook'))
    .description('print the runbook of an alarm, with the names of this deployment in every command')
    .argument('[alarm]', 'name of an alarm, with or without the ingress, or a symptom; default: all')
    .addHelpText(
      'after',
      () => `\n${new Help().boxWrap(`Symptoms: ${Object.keys(SYMPTOMS).join(', ')}.`, terminal.out.columns ?? 80)}`,
    )
    .action(async (alarm: string | undefined, options: DeployedOptions) => {
      const text = await attempt(
        () => ({ ...NOTHING_CHANGED, next: `run it again. ${WITHOUT_AWS}` }),
        async () => {
          const { symptoms, ...where } = namedBy(alarm, options);
          return pageOf(symptoms, deployedNames(await deployed(where)));
        },
      );
      say(terminal.out, text);
    });
}

/** The whole name of an alarm, as its mail has it, names the ingress as well. @throws UsageError */
function namedBy(alarm: string | undefined, options: DeployedOptions) {
  const all = Object.keys(SYMPTOMS).filter(isSymptom);
  if (alarm === undefined) return { ...options, symptoms: all };
  const symptom = all.find((each) => alarm === each || alarm.endsWith(`-${each}`));
  if (symptom === undefined)
    throw new UsageError(`alarm: "${alarm}" is not an alarm of Crossfade; the alarms are ${all.join(', ')}`);
  const ingress = alarm === symptom ? options.ingress : alarm.slice(0, -`-${symptom}`.length);
  if (options.ingress !== undefined && options.ingress !== ingress)
    throw new UsageError(`alarm: "${alarm}" is of ingress ${ingress}, and --ingress names ${options.ingress}`);
  return { ...options, ...(ingress === undefined ? {} : { ingress }), symptoms: [symptom] };
}

function pageOf(symptoms: ReturnType<typeof namedBy>['symptoms'], names: DeployedNames): string {
  const sections = symptoms.map((symptom) => symptomSection(symptom, names, '##'));
  return [`# Runbook of ${names.ingress}`, firstAid(names), ...sections].join('\n\n');
}
