import { describe, expect, it } from 'vitest';
import { deploymentSchema } from '../../core/model/deployment.ts';
import { deployedNames, EXAMPLE_NAMES } from '../../core/runbook/deployed-names.ts';
import { firstAid, symptomSection } from '../../core/runbook/runbook.ts';
import { isSymptom, SYMPTOMS } from '../../core/runbook/symptoms.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/lb/1/2/3';
const names = deployedNames(
  deploymentSchema.parse({
    ...DEPLOYMENT,
    ingressId: 'shop',
    rules: [{ arn: ARN, roles: ['stable', 'candidate'] }],
  }),
);
const ids = Object.keys(SYMPTOMS).filter(isSymptom);
const commandsOf = (text: string) =>
  [...text.matchAll(/```sh\n([\s\S]*?)\n```/g)].flatMap(([, block = '']) => block.split('\n'));

describe('the runbook', () => {
  it.each(ids)('has real names in every command: %s', (id) => {
    const commands = commandsOf(`${firstAid(names)}\n\n${symptomSection(id, names)}`);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(command).not.toMatch(/<[a-z ]+>|undefined|null/);
  });

  it.each(ids)('has the region in every command of AWS and of Crossfade: %s', (id) => {
    for (const command of commandsOf(symptomSection(id, names))) {
      if (/^aws /.test(command)) expect(command).toContain('--region eu-west-1');
      if (/npx crossfade/.test(command)) expect(command).toMatch(/^AWS_REGION=eu-west-1 .*--ingress shop$/);
    }
  });

  it.each(ids)('says what it means and what has been done before what to do: %s', (id) => {
    expect(symptomSection(id, names)).toMatch(/^### [a-z0-9-]+\n\nMeans: [A-Z].*\n\nAlready done: [A-Z]/);
  });

  it('says how to know that customers are safe', () => {
    expect(firstAid(names)).toContain('You are safe: all traffic is on stable.');
  });

  it('leaves the commands of ECS out where the side is no service of ECS', () => {
    const bare = { ...names, candidateService: null, stableService: null };
    for (const id of ids) expect(symptomSection(id, bare)).not.toContain('aws ecs');
  });

  it('stands in a page with placeholders', () => {
    expect(symptomSection('waiting-for-capacity', EXAMPLE_NAMES)).toContain('--cluster <cluster> --services <stable>');
  });
});

describe('names of symptoms', () => {
  it.each(['toString', '__proto__', 'constructor', '', 'candidate'])('are no other words: %j', (word) => {
    expect(isSymptom(word)).toBe(false);
  });
});
