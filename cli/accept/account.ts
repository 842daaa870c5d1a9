/** The place of an acceptance: an AWS account, or the local cloud. */
import type { Plan } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../../lambdas/aws/calls/index.ts';

export interface AcceptanceSite {
  /** Address of the load balancer. */
  readonly url: string;
  readonly queueUrl: string;
  /** Delivery stream of captures. */
  readonly stream: string;
  /** Additional environment variables with which a process reaches the account through the SDK. */
  readonly environment: Readonly<Record<string, string>>;
  /** The account's clock, in milliseconds since the epoch. */
  now(): number;
}

export interface AcceptanceAccount {
  /** For people, such as `AWS account 111122223333, eu-west-1`. */
  readonly where: string;
  /** Seconds of the account per second of this machine: 1, except on the local cloud. */
  readonly speed: number;
  /** Ids of acceptances that have left resources, by their tag; oldest first. */
  remains(): Promise<readonly string[]>;
  /** Deploys the stack of an acceptance, or changes the paths of its rule. @throws the error that refuses it */
  deploy(id: string, plan: Plan, paths: readonly string[], signal: AbortSignal): Promise<void>;
  /** The resources of a deployed stack. */
  site(id: string): Promise<AcceptanceSite>;
  /** Deletes whatever exists of the acceptance and nothing else; repeatable. @returns the names of what is left */
  remove(id: string): Promise<readonly string[]>;
}

/** Options for clients in this process that correspond to the site's environment. */
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
