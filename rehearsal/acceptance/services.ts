/** The services of the templates as processes, with the command and environment of their task definitions. */
import * as z from 'zod';
import { SIDES } from '../../sides/index.ts';
import type { LocalCloud } from '../cloud/index.ts';
import type { Assembly } from '../cloud/template/index.ts';
import { type Child, startChild, type Target } from '../machine/index.ts';

const taskSchema = z.looseObject({
  ContainerDefinitions: z.tuple([
    z.looseObject({
      Command: z.tuple([z.literal('node'), z.literal('-e'), z.string()]),
      Environment: z.array(z.looseObject({ Name: z.string(), Value: z.unknown() })),
    }),
  ]),
});

export class TemplateServices {
  readonly #children: Child[] = [];

  /** Starts as many tasks as each service wants, and registers them as targets of its side's group. */
  async start({ resources }: Assembly, cloud: LocalCloud): Promise<void> {
    for (const { type, properties } of resources) {
      if (type !== 'AWS::ECS::TaskDefinition') continue;
      const [{ Command, Environment }] = taskSchema.parse(properties).ContainerDefinitions;
      const side = z.enum(SIDES).parse(Environment.find(({ Name }) => Name === 'SIDE')?.Value);
      const name = cloud.deployment.services?.[side].service;
      const tasks = cloud.services.find((service) => service.name === name)?.desired ?? 1;
      const group = cloud.model.targetGroups.get(cloud.deployment.targetGroups[side].arn);
      for (let i = 0; i < tasks; i++) {
        const child = await startChild({
          name: side,
          command: process.execPath,
          args: ['-e', Command[2]],
          env: { SIDE: side, PORT: '0' },
        });
        this.#children.push(child);
        const target: Target = { host: '127.0.0.1', port: child.port('port'), health: 'initial' };
        group?.targets.push(target);
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.splice(0).map((child) => child.stop()));
  }
}
