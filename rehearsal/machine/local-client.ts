import { devNull } from 'node:os';
import { REGION } from '../cloud/template/index.ts';

/** How a client of the local cloud is set up, but for its endpoint; FIPS and dual-stack endpoints would be AWS's own. */
export const LOCAL_CLIENT = {
  region: REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
};

/** What a process needs to reach the local cloud with the SDK, as somebody who may do everything, without the person's own settings. */
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
