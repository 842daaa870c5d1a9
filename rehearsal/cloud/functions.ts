/** All functions of the templates, and what the custom resources among them make. */
import { type Deployment, deploymentSchema } from '../../core/model/index.ts';
import { functionOf, ofType } from './from-template.ts';
import { type FunctionOptions, type LambdaService, LocalFunction } from './lambda/index.ts';
import { type Assembly, createCustom, type Names, onEventArn, type Resource } from './template/index.ts';

export interface LoadOptions extends FunctionOptions {
  readonly assembly: Assembly;
  readonly names: Names;
  readonly lambda: LambdaService;
}

/** Providers first, then what they make, then all others, whose environments name it. */
export async function loadFunctions(options: LoadOptions): Promise<void> {
  const { assembly, names, lambda } = options;
  const functions = ofType(assembly, 'AWS::Lambda::Function');
  for (const custom of ofType(assembly, 'Custom::WeightedRule')) {
    const arn = onEventArn(names, custom, functions);
    for (const r of functions) if (names.arnOf(r) === arn) add(options, r);
    await createCustom(names, custom, (event) => lambda.find(arn).invoke(event));
  }
  for (const r of functions) add(options, r);
}

/** The deployment that the stacks wrote into the handlers' environment. */
export function deploymentOf({ functions }: LambdaService): Deployment {
  const [text] = [...functions.values()].flatMap((f) => f.spec.environment.CROSSFADE_DEPLOYMENT ?? []);
  if (text === undefined) throw new RangeError('no function of the assembly carries CROSSFADE_DEPLOYMENT');
  return deploymentSchema.parse(JSON.parse(text));
}

function add(options: LoadOptions, resource: Resource): void {
  const { assembly, names, lambda } = options;
  if (lambda.functions.has(names.nameOf(resource))) return;
  const spec = functionOf(assembly, names, resource);
  if (spec !== null) lambda.functions.set(spec.name, new LocalFunction(spec, options));
}
