/** The synthesised state machine as the simulation runs it, with the handler behind each function. */
import * as z from 'zod';
import { cutoverMachineOf, machineDefinitionOf, ofType } from '../cloud/index.ts';
import { type Assembly, Names } from '../cloud/template/index.ts';
import { SIMULATED_HANDLERS, type SimulatedHandler } from './scenario/index.ts';

/** As in ASL, with its defaults. */
export const retrierSchema = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  MaxAttempts: z.number().default(3),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
});

const stateSchema = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('Task'),
    Resource: z.string(),
    Parameters: z.unknown().optional(),
    TimeoutSecondsPath: z.string().optional(),
    ResultPath: z.string().optional(),
    OutputPath: z.string().optional(),
    Retry: z.array(retrierSchema).default([]),
    Catch: z
      .array(
        z.strictObject({ ErrorEquals: z.array(z.string()), ResultPath: z.string().default('$'), Next: z.string() }),
      )
      .default([]),
    Next: z.string(),
  }),
  z.strictObject({
    Type: z.literal('Wait'),
    Seconds: z.number().optional(),
    SecondsPath: z.string().optional(),
    Next: z.string(),
  }),
  z.strictObject({
    Type: z.literal('Choice'),
    Choices: z.array(z.strictObject({ Variable: z.string(), StringEquals: z.string(), Next: z.string() })),
    Default: z.string(),
  }),
  z.strictObject({ Type: z.literal('Succeed') }),
  z.strictObject({
    Type: z.literal('Fail'),
    Error: z.string().optional(),
    ErrorPath: z.string().optional(),
    Cause: z.string().optional(),
    CausePath: z.string().optional(),
  }),
]);
export type AslState = z.infer<typeof stateSchema>;
export type TaskState = AslState & { readonly Type: 'Task' };

/** Unknown keys and states are refused, because the simulation would silently ignore them. */
const machineSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });
export type MachineDefinition = z.infer<typeof machineSchema>;

/** Plain JSON, so that it can be passed to a worker thread. */
export interface Program {
  readonly definition: MachineDefinition;
  /** Function ARN → handler. */
  readonly handlers: Readonly<Record<string, SimulatedHandler>>;
}

/** The only machine of the assembly, or, of several, the published one. */
export function definitionOf(assembly: Assembly): MachineDefinition {
  const names = new Names(assembly);
  for (const custom of ofType(assembly, 'Custom::WeightedRule'))
    names.custom.set(`${custom.stack}/${custom.logicalId}`, { physicalId: 'rule', data: { RuleArn: 'rule' } });
  return machineSchema.parse(machineDefinitionOf(cutoverMachineOf(assembly, names), names));
}

/** @throws if a function of the machine belongs to none of the handlers */
export function programOf(assembly: Assembly): Program {
  const definition = definitionOf(assembly);
  const handlers: Record<string, SimulatedHandler> = {};
  for (const [arn] of JSON.stringify(definition).matchAll(/arn:aws:lambda:[^"]+/g)) handlers[arn] = handlerOf(arn);
  return { definition, handlers };
}

/** CloudFormation names functions after their logical id, which contains the construct's id without hyphens. */
function handlerOf(arn: string): SimulatedHandler {
  const name = arn.split(':')[6] ?? '';
  const id = /^CutoverFunctions(\w+)Fn[0-9A-F]{8}$/.exec(name)?.[1] ?? /-crossfade-(\w+)$/.exec(name)?.[1];
  const found = SIMULATED_HANDLERS.find((handler) => handler.replaceAll('-', '') === id);
  if (found === undefined) throw new RangeError(`no handler is known for function ${name}`);
  return found;
}
