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
    .description('print what to do about an alarm, with the names of this deployment in every command')
    .argument('[alarm]', 'name of an alarm, with or without the ingress, or a symptom; all without it')
    .addHelpText(
      'after',
      () => `\n${new Help().boxWrap(`Symptoms: ${Object.keys(SYMPTOMS).join(', ')}.`, terminal.out.columns ?? 80)}`,
    )
    .action(async (alarm: string | undefined, options: DeployedOptions) => {
      const text = await attempt(
        () => ({ ...NOTHING_CHANGED, next: `run it again. ${WITHOUT_AWS}` }),
        async () => {
          const symptoms = symptomsOf(alarm, options.ingress);
          return pageOf(symptoms, deployedNames(await deployed(options)));
        },
      );
      say(terminal.out, text);
    });
}

/** @throws UsageError for a name that is not an alarm of the cutover */
function symptomsOf(alarm: string | undefined, ingress: string) {
  const all = Object.keys(SYMPTOMS).filter(isSymptom);
  if (alarm === undefined) return all;
  const prefix = `${ingress}-`;
  const found = [alarm, alarm.startsWith(prefix) ? alarm.slice(prefix.length) : alarm].find(isSymptom);
  if (found !== undefined) return [found];
  throw new UsageError(`alarm: "${alarm}" is not an alarm of Crossfade; the alarms are ${all.join(', ')}`);
}

function pageOf(symptoms: ReturnType<typeof symptomsOf>, names: DeployedNames): string {
  const sections = symptoms.map((symptom) => symptomSection(symptom, names, '##'));
  return [`# Runbook of ${names.ingress}`, firstAid(names), ...sections].join('\n\n');
}
