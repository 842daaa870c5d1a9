/** All functions of the templates, and the resources that the custom resources among them create. */
import { type Deployment, deploymentSchema, GUARD_TYPE } from '../../core/model/index.ts';
import { type Access, invocation } from './access/index.ts';
import { type DeployedFunction, functionOf, ofType } from './from-template.ts';
import { type FunctionOptions, type LambdaService, LocalFunction } from './lambda/index.ts';
import { type Assembly, createCustom, type Names, onEventArn, type Resource, updateCustom } from './template/index.ts';

export interface LoadOptions extends FunctionOptions {
  readonly assembly: Assembly;
  readonly names: Names;
  readonly lambda: LambdaService;
  readonly access: Access;
}

/** First providers, then what they create, then all others, whose environments refer to it. */
export async function loadFunctions(options: LoadOptions): Promise<void> {
  const { assembly, names, lambda, access } = options;
  const functions = ofType(assembly, 'AWS::Lambda::Function');
  for (const custom of ofType(assembly, 'Custom::WeightedRule', GUARD_TYPE)) {
    const arn = onEventArn(names, custom, functions);
    for (const r of functions) if (names.arnOf(r) === arn) add(options, r);
    letFrameworkCall(options, custom, functions, arn);
    await createCustom(names, custom, (event) => lambda.find(arn).invoke(event));
  }
  access.reread();
  for (const r of functions) add(options, r);
}

/** The provider framework calls with its own role. */
function letFrameworkCall(
  { names, access }: LoadOptions,
  custom: Resource,
  functions: readonly Resource[],
  arn: string,
): void {
  const { ServiceToken } = names.properties(custom);
  const { Role } = names.properties(functions.find((r) => names.arnOf(r) === ServiceToken) ?? custom);
  if (typeof Role === 'string')
    access.refusesRole(Role, invocation(arn), { action: 'lambda:GetFunction', resource: arn });
}

/** Updates the rules if their properties have changed, as CloudFormation does. @throws the refusal of their provider */
export async function updateRules(
  { assembly, names, lambda }: Pick<LoadOptions, 'assembly' | 'names' | 'lambda'>,
  next: Assembly,
): Promise<void> {
  const functions = ofType(assembly, 'AWS::Lambda::Function');
  for (const custom of ofType(next, 'Custom::WeightedRule')) {
    const old = ofType(assembly, 'Custom::WeightedRule').find(({ logicalId }) => logicalId === custom.logicalId);
    if (old === undefined) throw new RangeError(`${custom.logicalId} is new: only updates are known here`);
    const arn = onEventArn(names, custom, functions);
    await updateCustom(names, old, custom, (event) => lambda.find(arn).invoke(event));
  }
}

/** The deployment that the stacks wrote into the handlers' environment. */
export function deploymentOf({ functions }: LambdaService): Deployment {
  const [text] = [...functions.values()].flatMap((f) => f.spec.environment.CROSSFADE_DEPLOYMENT ?? []);
  if (text === undefined) throw new RangeError('no function of the assembly carries CROSSFADE_DEPLOYMENT');
  return deploymentSchema.parse(JSON.parse(text));
}

function add(options: LoadOptions, resource: Resource): void {
  const { assembly, names, lambda, access } = options;
  if (lambda.functions.has(names.nameOf(resource))) return;
  const spec = functionOf(assembly, names, resource);
  if (spec === null) return;
  const { roleArn } = spec;
  if (roleArn !== undefined) settle(access, spec, roleArn, names.arnOf(resource));
  const accessKeyId = roleArn === undefined ? {} : { accessKeyId: access.keyOf(roleArn) };
  lambda.functions.set(spec.name, new LocalFunction({ ...spec, ...accessKeyId }, options));
}

/** What Lambda does on the function's behalf: assumes the role, writes logs, sends traces. */
function settle(access: Access, { logsArn, traced }: DeployedFunction, roleArn: string, arn: string): void {
  access.refusesTrust('lambda.amazonaws.com', arn, roleArn);
  access.refusesRole(
    roleArn,
    { action: 'logs:CreateLogStream', resource: `${logsArn}:log-stream:local` },
    { action: 'logs:PutLogEvents', resource: `${logsArn}:log-stream:local` },
  );
  if (!traced) return;
  access.refusesRole(
    roleArn,
    { action: 'xray:PutTraceSegments', resource: '*' },
    { action: 'xray:PutTelemetryRecords', resource: '*' },
  );
}
