/** Where an acceptance happens: an account of AWS, or the local cloud. */
import type { Plan } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';

export interface AcceptanceSite {
  /** Address of the load balancer. */
  readonly url: string;
  readonly queueUrl: string;
  /** Delivery stream of captures. */
  readonly stream: string;
  /** What a process needs to reach the account by the SDK, beside what it has. */
  readonly environment: Readonly<Record<string, string>>;
  /** By the account's clock, milliseconds since the epoch. */
  now(): number;
}

export interface AcceptanceAccount {
  /** For people, such as `AWS account 111122223333, eu-west-1`. */
  readonly where: string;
  /** Seconds of the account for one of this machine: 1 but on the local cloud. */
  readonly speed: number;
  /** Ids of acceptances of which something stands, by their tag; oldest first. */
  remains(): Promise<readonly string[]>;
  /** Makes the stack of an acceptance, or asks for other paths of its rule. @throws what refuses it */
  deploy(id: string, plan: Plan, paths: readonly string[], signal: AbortSignal): Promise<void>;
  /** Of a stack that is deployed. */
  site(id: string): Promise<AcceptanceSite>;
  /** Deletes whatever stands of it and nothing else; repeatable. @returns what is left, by name */
  remove(id: string): Promise<readonly string[]>;
}

/** For clients of this process: what the site's environment would tell another one. */
export function clientOptions({ environment }: AcceptanceSite) {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  return {
    ...CLIENT_OPTIONS,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
      ? {}
      : { credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } }),
  };
}
