import { devNull } from 'node:os';
import { REGION } from '../cloud/template/index.ts';

/**
 * Configuration of a client of the local cloud, except for its endpoint; FIPS and dual-stack endpoints would lead to
 * AWS.
 */
export const LOCAL_CLIENT = {
  region: REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
};

/**
 * Environment with which a process reaches the local cloud through the SDK with all permissions, without the person's
 * own settings.
 */
export function localEnvironment(endpoint: string): Readonly<Record<string, string>> {
  const { region, credentials } = LOCAL_CLIENT;
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}
