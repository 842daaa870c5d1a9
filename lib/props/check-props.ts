import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as z from 'zod';
import { problemsOf, wordIssue } from '../../input/index.ts';
import { checkFor, checkPlaces, type Placed, placeOfStack } from './place.ts';

/** One schema for each prop, so that none is forgotten. */
export type Shape<Props> = Readonly<Record<keyof Required<Props>, z.ZodType>>;

/**
 * Checks that every prop is known, given where it is required, and of its kind. The construct then checks what the
 * values mean together.
 * @param who precedes the message, such as `WeightedRule Rule0`
 * @param made takes no construct of another region or account, which it could neither call nor refer to; null if the
 * caller checks that
 * @throws RangeError that names every wrong prop
 */
export function checkProps<Props extends object>(
  who: string,
  shape: Shape<Props>,
  props: Props,
  made: Construct | null,
): void {
  const { error } = z.strictObject(shape).safeParse(props, { error: wordProp });
  const problems = error?.issues.flatMap(problemsOfIssue) ?? [...neverProps('', props)];
  if (problems.length > 0) throw new RangeError(`${who}: ${problems.join('; ')}`);
  if (made !== null) checkPlaces(checkFor(who), placeOfStack(Stack.of(made)), [...constructsIn('', props)]);
}

function problemsOfIssue(issue: z.core.$ZodIssue): string[] {
  return problemsOf(new z.ZodError([issue])).map(({ path, message }) =>
    // `problemsOf` does not know which props there are.
    issue.code === 'unrecognized_keys'
      ? `${path} ${issue.message}`
      : `${path === '' ? 'the object of props' : path} ${message}`,
  );
}

/** To a schema they are objects without keys: a plan that nobody awaited would be the default plan. */
const NEVER = [Promise, Map, Set, Date, RegExp];

function* neverProps(path: string, value: unknown): Generator<string> {
  const found = NEVER.find((kind) => value instanceof kind);
  if (found !== undefined) yield `${path} must not be a ${found.name}`;
  else for (const [at, member] of membersOf(path, value)) yield* neverProps(at, member);
}

function* constructsIn(path: string, value: unknown): Generator<Placed> {
  if (Construct.isConstruct(value)) yield [path, value, arnOf(value)];
  else for (const [at, member] of membersOf(path, value)) yield* constructsIn(at, member);
}

/** An imported construct need not have its ARN's region. */
const ARNS = ['topicArn', 'tableArn', 'stateMachineArn', 'targetGroupArn', 'clusterArn', 'deliveryStreamArn'];

function arnOf(construct: Construct): string | undefined {
  return ARNS.map((name): unknown => Reflect.get(construct, name)).find((arn) => typeof arn === 'string');
}

/** `listeners.0.cohort.header.values.0` */
const MOST_DEEP = 6;

/** The members of a list or an object literal, with their paths. */
function membersOf(path: string, value: unknown): (readonly [path: string, member: unknown])[] {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!(isPlain || Array.isArray(value)) || path.split('.').length > MOST_DEEP) return [];
  return Object.entries(value).map(([key, member]) => [path === '' ? key : `${path}.${key}`, member]);
}

function wordProp(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !(issue.inst instanceof z.ZodObject)) return wordIssue(issue);
  return `is no prop; there are ${Object.keys(issue.inst.shape).join(', ')}`;
}
