/** The runbook as Markdown: one section for each symptom, which can be read alone at three in the morning. */
import { awsCommand, crossfadeCommand } from './commands.ts';
import type { DeployedNames } from './deployed-names.ts';
import { type RunbookStep, SYMPTOMS, type Symptom, type SymptomId } from './symptoms.ts';

/** What to do first in any case, and how to verify that customers are safe. */
export function firstAid(names: DeployedNames): string {
  return [
    section([{ text: 'Are customers safe?', commands: [crossfadeCommand(names, 'status')] }]),
    'It prints `You are safe: all traffic is on stable.` if nothing needs to be done tonight.',
    section([
      {
        text: 'If it does not, return all traffic to stable; this is safe to repeat:',
        commands: [crossfadeCommand(names, "rollback --reason 'why'")],
      },
      {
        text: 'Without Crossfade on this machine, these show the weights and the owner of the ingress:',
        commands: [
          awsCommand(
            names,
            `elbv2 describe-rules --rule-arns ${names.rules.map((arn) => `'${arn}'`).join(' ')} --query 'Rules[].Actions[].ForwardConfig'`,
          ),
          awsCommand(
            names,
            `dynamodb get-item --consistent-read --table-name ${names.ledger} --key '{"pk":{"S":"INGRESS#${names.ingress}"},"sk":{"S":"CUTOVER"}}'`,
          ),
        ],
      },
    ]),
  ].join('\n\n');
}

/** One symptom under its own heading. */
export function symptomSection(id: SymptomId, names: DeployedNames, heading = '###'): string {
  const symptom: Symptom = SYMPTOMS[id];
  return [
    `${heading} ${id}`,
    `Means: ${symptom.means}`,
    `Already done: ${symptom.done}`,
    section(symptom.steps(names)),
  ].join('\n\n');
}

function section(steps: readonly RunbookStep[]): string {
  return steps
    .filter(({ commands }) => commands === undefined || commands.length > 0)
    .map(({ text, commands = [], query }) =>
      [text, ...fenced('sh', commands), ...fenced('sql', query === undefined ? [] : [query])].join('\n\n'),
    )
    .join('\n\n');
}

function fenced(language: 'sh' | 'sql', lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\`\`\`${language}\n${lines.join('\n')}\n\`\`\``];
}
