/**
 * Takes the place of AWS for `crossfade accept`: stacks are created, found by their tag, and deleted. As on AWS, a
 * stack outlives its creator, for as long as this account exists.
 */
import { type LocalCloud, startCloud } from '../cloud/index.ts';
import type { Assembly } from '../cloud/template/index.ts';
import { startDataPlane, startHealthChecks } from '../dataplane/index.ts';
import { TemplateServices } from './services.ts';

export interface LocalAcceptanceOptions {
  /** Simulated seconds per real second. */
  readonly speed: number;
}

interface LocalStack {
  readonly cloud: LocalCloud;
  readonly url: string;
  /** Each part with the function that stops it, in order of creation. */
  readonly parts: { readonly name: string; readonly stop: () => void | Promise<void> }[];
}

const STACK = 'CrossfadeAcceptance';

export class LocalAcceptance {
  readonly speed: number;
  readonly #stacks = new Map<string, LocalStack>();
  /** Parts of stacks whose creation did not complete. */
  readonly #begun = new Map<string, LocalStack['parts']>();

  constructor({ speed }: LocalAcceptanceOptions) {
    this.speed = speed;
  }

  /** Ids of stacks that exist completely or in part. */
  get ids(): string[] {
    return [...new Set([...this.#stacks.keys(), ...this.#begun.keys()])];
  }

  /**
   * @param dispose called when the stack is deleted
   * @throws if the templates contain something that is unknown here; the stack then exists in part, as on AWS
   */
  async create(id: string, assembly: Assembly, dispose: () => Promise<void>): Promise<void> {
    const parts: LocalStack['parts'] = [{ name: 'assembly', stop: dispose }];
    this.#begun.set(id, parts);
    const cloud = await startCloud({ assembly, speed: this.speed, onEvent: () => {} });
    parts.push({ name: 'cloud', stop: () => cloud.stop() });
    const services = new TemplateServices();
    parts.push({ name: 'services', stop: () => services.stop() });
    await services.start(assembly, cloud);
    const { model, clock, metrics } = cloud;
    const stopHealth = startHealthChecks({ model, clock, metrics, healthPort: ({ port }) => port });
    parts.push({ name: 'health checks', stop: stopHealth });
    const plane = await startDataPlane({ model, clock, metrics });
    parts.push({ name: 'load balancer', stop: () => plane.stop() });
    cloud.run();
    this.#stacks.set(id, { cloud, url: plane.url, parts });
    this.#begun.delete(id);
  }

  /** Updates the rules' custom resources, as CloudFormation does. @throws the refusal of the rules' provider */
  async update(id: string, assembly: Assembly): Promise<void> {
    await this.#stack(id).cloud.updateRules(assembly);
  }

  /** Deletes whatever exists of it. */
  async delete(id: string): Promise<void> {
    const parts = this.#stacks.get(id)?.parts ?? this.#begun.get(id) ?? [];
    for (const { stop } of parts.splice(0).reverse()) await stop();
    this.#stacks.delete(id);
    this.#begun.delete(id);
  }

  /** Environment with which a process reaches it through the SDK. */
  environment(id: string): Readonly<Record<string, string>> {
    return this.#stack(id).cloud.environment;
  }

  /** Simulated time, in milliseconds since the epoch. */
  now(id: string): number {
    return this.#stack(id).cloud.clock.now();
  }

  /** Its address, and the outputs of its stack. */
  outputs(id: string): { readonly Url: string; readonly QueueUrl: string; readonly ParityStream: string } {
    const { cloud, url } = this.#stack(id);
    const output = (name: string) => String(cloud.output(STACK, name));
    return { Url: url, QueueUrl: output('QueueUrl'), ParityStream: cloud.streamName };
  }

  #stack(id: string): LocalStack {
    const stack = this.#stacks.get(id);
    if (stack === undefined) throw new RangeError(`there is no stack ${id}`);
    return stack;
  }
}
