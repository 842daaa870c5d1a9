/** KMS: key policies. https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';
import type { LocalAccount } from './local-account.ts';

const requestSchema = z.strictObject({
  KeyId: z.string().min(1).max(2_048),
  PolicyName: z.string().min(1).max(128).regex(/^\w+$/).default('default'),
});

export function kms({ keys }: Pick<LocalAccount, 'keys'>): JsonOperations {
  return {
    GetKeyPolicy: (input) => {
      const { KeyId, PolicyName } = parse(requestSchema, input);
      if (!keys.has(KeyId)) throw new CloudError('NotFoundException', `Key '${KeyId}' does not exist`);
      return { PolicyName, Policy: JSON.stringify(keys.get(KeyId)) };
    },
  };
}
