import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { crossfade } from '../support/cli.ts';

const PIPELINES = join(import.meta.dirname, '..', '..', 'examples', 'pipelines');
const text = (file: string) => readFileSync(join(PIPELINES, file), 'utf8');
const YAML = ['github/cutover/action.yml', 'github/workflow.yml', 'gitlab/.gitlab-ci.yml'];

/** Returns the commands in a pipeline, each with its options. */
function commandsIn(content: string): { readonly name: string; readonly options: readonly string[] }[] {
  return [...content.matchAll(/npx --no-install crossfade ((?:[a-z]+ )+)(.*)$/gm)].map(([, name = '', rest = '']) => ({
    name: name.trim(),
    options: rest.match(/--[a-z-]+/g) ?? [],
  }));
}

describe('the pipelines of the examples', () => {
  it.each(YAML)('%s calls commands and options that exist', async (file) => {
    const commands = commandsIn(text(file));
    expect(commands.length).toBeGreaterThan(0);
    for (const { name, options } of commands) {
      const { code, stdout } = await crossfade([...name.split(' '), '--help']);
      expect(code, name).toBe(0);
      for (const option of options) expect(stdout, `${name} ${option}`).toContain(`${option}`);
    }
  });

  it('the action reads no input in its scripts, where one could be a command', () => {
    const action = z
      .looseObject({
        inputs: z.record(z.string(), z.unknown()),
        runs: z.object({
          using: z.literal('composite'),
          steps: z.array(z.looseObject({ run: z.string(), env: z.record(z.string(), z.string()) })),
        }),
      })
      .parse(parse(text('github/cutover/action.yml')));
    for (const { run, env } of action.runs.steps) {
      expect(run).not.toContain('${{');
      for (const [, name = ''] of Object.values(env)
        .join(' ')
        .matchAll(/inputs\.([a-z]+)/g))
        expect(action.inputs).toHaveProperty(name);
    }
  });

  it('starts, waits and reports in this order, on GitHub and on GitLab', () => {
    for (const file of ['github/cutover/action.yml', 'gitlab/.gitlab-ci.yml'])
      expect(commandsIn(text(file)).map(({ name }) => name)).toEqual(['plan', 'start', 'wait', 'history']);
  });

  it('every YAML file is YAML', () => {
    for (const file of YAML) expect(parse(text(file))).toBeTypeOf('object');
  });

  it('Terraform takes an output that the stack has', () => {
    const outputs = [...text('terraform/main.tf').matchAll(/outputs\["(\w+)"\]/g)].map(([, name]) => name);
    const stack = readFileSync(join(PIPELINES, '..', '..', 'lib', 'operators', 'outputs.ts'), 'utf8');
    expect(outputs).toEqual(['StateMachineAlias']);
    for (const name of outputs) expect(stack).toContain(`tell('${name}'`);
  });
});
