/** All functions of the templates, by their ARN. */
import * as z from 'zod';
import { type Deployment, deploymentSchema } from '../../core/deployment.ts';
import type { Assembly, Resource } from './assembly.ts';
import type { CloudEvent } from './cloud-event.ts';
import { ofType } from './from-template.ts';
import { type FunctionOptions, LocalFunction } from './lambda.ts';
import type { Names } from './names.ts';

const functionSchema = z.looseObject({
  Handler: z.literal('index.handler'),
  Timeout: z.number().default(3),
  Code: z.looseObject({ S3Key: z.string() }),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.string()) }),
});
const customAnswerSchema = z.object({ PhysicalResourceId: z.string(), Data: z.record(z.string(), z.unknown()) });

/** Names the functions that other functions' environments depend on: the providers of custom resources. */
const PROVIDER_VARIABLE = 'CROSSFADE_INGRESS';
const RETRY_MINUTES = 1;

export interface FunctionsOptions extends FunctionOptions {
  readonly assembly: Assembly;
  readonly names: Names;
  readonly onEvent: (event: CloudEvent) => void;
  readonly now: () => number;
}

export class Functions {
  readonly #options: FunctionsOptions;
  readonly #byArn = new Map<string, LocalFunction>();

  constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** Providers first, then what they make, then all others, whose environments name it. */
  async load(): Promise<void> {
    const { assembly } = this.#options;
    const functions = ofType(assembly, 'AWS::Lambda::Function');
    for (const r of functions) if (JSON.stringify(r.properties).includes(PROVIDER_VARIABLE)) this.#add(r);
    const [provider] = this.#byArn.keys();
    for (const r of ofType(assembly, 'Custom::WeightedRule')) await this.#create(r, provider ?? '');
    for (const r of functions) this.#add(r);
  }

  /** Synchronously; a version's ARN calls the function. */
  async invoke(arn: string, event: unknown): Promise<unknown> {
    const found = this.#byArn.get(arn.split(':').slice(0, 7).join(':'));
    if (found === undefined) throw new RangeError(`no function ${arn}`);
    return found.invoke(event);
  }

  /** Asynchronously: up to two more tries, as Lambda makes. */
  invokeLater(arn: string, event: unknown, tries = 3): void {
    this.invoke(arn, event).catch((error: Error) => {
      const { onEvent, now, clock } = this.#options;
      onEvent({
        type: 'invocation-failed',
        functionName: arn.split(':')[6] ?? arn,
        error: `${error.name}: ${error.message}`,
        at: now(),
      });
      if (tries > 1)
        setTimeout(() => this.invokeLater(arn, event, tries - 1), (RETRY_MINUTES * 60_000) / clock.speed).unref();
    });
  }

  /** The deployment that the stacks wrote into the handlers' environment. */
  deployment(): Deployment {
    const texts = [...this.#byArn.values()].flatMap((f) => f.spec.environment.CROSSFADE_DEPLOYMENT ?? []);
    if (texts[0] === undefined) throw new RangeError('no function of the assembly carries CROSSFADE_DEPLOYMENT');
    return deploymentSchema.parse(JSON.parse(texts[0]));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#byArn.values()].map((f) => f.stop()));
  }

  #add(resource: Resource): void {
    const { assembly, names } = this.#options;
    const arn = names.arnOf(resource);
    const p = functionSchema.safeParse(names.properties(resource));
    // What is not ours (the CDK's own provider and log functions) is no part of the rehearsal.
    if (!p.success || this.#byArn.has(arn)) return;
    const { Code, Environment, Timeout } = p.data;
    const spec = {
      name: names.nameOf(resource),
      codeDir: assembly.assetDir(Code.S3Key),
      environment: Environment.Variables,
      timeoutSeconds: Timeout,
    };
    this.#byArn.set(arn, new LocalFunction(spec, this.#options));
  }

  /** The CDK's provider framework would sit between; here its onEvent function is called with the same event. */
  async #create(resource: Resource, provider: string): Promise<void> {
    const { names } = this.#options;
    // CloudFormation hands scalars over as text.
    const asText = (_key: string, v: unknown) => (typeof v === 'number' || typeof v === 'boolean' ? String(v) : v);
    const ResourceProperties: unknown = JSON.parse(JSON.stringify(names.properties(resource)), asText);
    const answer = await this.invoke(provider, {
      RequestType: 'Create',
      ResourceProperties,
      LogicalResourceId: resource.logicalId,
    });
    const { PhysicalResourceId: physicalId, Data: data } = customAnswerSchema.parse(answer);
    names.custom.set(`${resource.stack}/${resource.logicalId}`, { physicalId, data });
  }
}
