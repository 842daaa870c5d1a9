/** The shape of sources of metrics outside CloudWatch; core/model/deployment.ts has their fields. */
import { Token } from 'aws-cdk-lib';
import * as z from 'zod';
import { type MetricProvider, type MetricProviderInput, metricProviderSchema } from '../../core/model/index.ts';
import { wordIssue } from '../../input/index.ts';
import { FUNCTION_ARN } from '../props/index.ts';

/** Name of a provider, as a plan's queries use it. */
const PROVIDER_NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** Providers are part of a function's environment, which is limited to 4 KB. */
const MAX_PROVIDERS = 5;

/** A text that is a token is unknown at synthesis, so its field is not checked. */
const aProvider = z.custom<MetricProviderInput>().superRefine((provider, context) => {
  const { error, data } = metricProviderSchema.safeParse(provider, { error: wordIssue });
  for (const issue of error?.issues ?? []) {
    const [field = 'type'] = issue.path;
    const value: unknown = field === 'type' ? undefined : Reflect.get(provider, field);
    if (typeof value !== 'string' || !Token.isUnresolved(value)) context.addIssue({ ...issue });
  }
  const [field, problem] = (data && problemOf(data)) ?? [];
  if (field !== undefined) context.addIssue({ code: 'custom', path: [field], message: problem });
});

export const PROVIDERS_SHAPE = z.record(z.string(), aProvider).superRefine((providers, context) => {
  const names = Object.keys(providers);
  const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (names.length > MAX_PROVIDERS) say([], `must have at most ${MAX_PROVIDERS} entries, not ${names.length}`);
  for (const name of names)
    if (!PROVIDER_NAME.test(name)) say([name], 'must be named by 1 to 40 lower-case letters, digits and -');
});

/**
 * A secret is sent with each query, so TLS is required; and it must not be part of the address, which is visible in the
 * template and in the functions' settings.
 */
function problemOf(provider: MetricProvider): readonly [field: string, problem: string] | undefined {
  if (provider.type === 'lambda')
    return FUNCTION_ARN.test(provider.functionArn)
      ? undefined
      : ['functionArn', `must be the ARN of a function, not "${provider.functionArn}"`];
  const { protocol, username, password } = new URL(provider.url);
  if (username !== '' || password !== '')
    return ['url', 'must hold no login: put its header into a secret, and name that by secretArn'];
  return protocol === 'https:' || provider.secretArn === undefined
    ? undefined
    : ['url', 'must begin with https://, because a secret goes with each query'];
}
