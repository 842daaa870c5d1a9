/**
 * The account and region of what props name: a function calls AWS where it runs, and a rule accepts only target groups
 * of its own account and region.
 */
import { Resource, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** undefined if it is unknown before deployment. */
export interface StackPlace {
  readonly partition?: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** Throws a RangeError with the problem, which names the prop. */
export type Check = (ok: boolean, problem: string) => asserts ok;

/** @param who precedes every message */
export function checkFor(who: string): Check {
  return (ok, problem) => {
    if (!ok) throw new RangeError(`${who}: ${problem}`);
  };
}

/**
 * The placeholder that `fromLookup` returns until the CDK has read the account and synthesises again. It must pass, and
 * the next synthesis has the real value.
 */
const PLACEHOLDER =
  /:123456789012:listener\/(application|network|app)\/my-load-balancer\/50dc6c495c0c9188\/f2f7dc8efc522ab2$/;

/** Of what `fromLookup` returns until then; the account is nobody's. */
const PLACE_OF_LOOKUPS = { region: 'us-west-2', account: '123456789012' };

/** Tokens and placeholders are unknown at synthesis. */
export function isKnownNow(text: string): boolean {
  return !Token.isUnresolved(text) && !PLACEHOLDER.test(text);
}

const known = (value: string) => (Token.isUnresolved(value) ? undefined : value);

export function placeOfStack({ region, account }: Pick<Stack, 'region' | 'account'>): StackPlace {
  return { region: known(region), account: known(account) };
}

/** A prop, the construct that it holds, if it holds one, and its ARN. */
export type Placed = readonly [prop: string, given: unknown, arn: string | undefined];

/** The place in an ARN, or, for a construct whose ARN is a token, the place of the resource or of its stack. */
function placeOfProp([, given, arn]: Placed): StackPlace | null {
  if (arn !== undefined && isKnownNow(arn)) {
    const [, partition, , region = '', account = ''] = arn.split(':');
    // IAM has no region, and its managed policies no account.
    return {
      partition,
      region: region === '' ? undefined : region,
      account: /^\d{12}$/.test(account) ? account : undefined,
    };
  }
  if (arn !== undefined && !Token.isUnresolved(arn)) return null;
  if (!Construct.isConstruct(given)) return null;
  const place = placeOfStack(Resource.isResource(given) ? given.env : Stack.of(given));
  return place.account === PLACE_OF_LOOKUPS.account && place.region === PLACE_OF_LOOKUPS.region ? null : place;
}

/** @param here the stack's @throws RangeError that names the prop with another place, and that place */
export function checkPlaces(check: Check, here: StackPlace, named: readonly Placed[]): StackPlace {
  let first = { what: 'the stack', place: here };
  for (const placed of named) {
    const place = placeOfProp(placed);
    if (place === null) continue;
    const [what] = placed;
    for (const part of ['partition', 'region', 'account'] as const) {
      const [expected, found] = [first.place[part], place[part]];
      check(
        expected === undefined || found === undefined || expected === found,
        `${what} is in ${part} ${found}, but ${first.what} is in ${expected}; one ${part} must hold all`,
      );
    }
    if (first.place.region === undefined || first.place.account === undefined) first = { what, place };
    // A stack knows its region, but not its partition.
    else if (first.place.partition === undefined)
      first = { what: first.what, place: { ...first.place, partition: place.partition } };
  }
  return first.place;
}

/** Secrets and functions may belong to another account, but not to another region. */
export function checkRegions(check: Check, { region }: StackPlace, called: readonly (readonly [string, string])[]) {
  for (const [what, arn] of called) {
    const found = isKnownNow(arn) ? arn.split(':')[3] : undefined;
    check(
      found === undefined || region === undefined || found === region,
      `${what} is in region ${found}, but its caller is in ${region}; a function calls what is in its own region`,
    );
  }
}
