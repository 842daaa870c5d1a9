/**
 * STS: each access key is a user of its own.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import type { QueryOperations } from '../wire/index.ts';

const ACCOUNT = '000000000000';

export const sts: QueryOperations = {
  GetCallerIdentity: (_parameters, accessKeyId) => ({
    Arn: `arn:aws:iam::${ACCOUNT}:user/${accessKeyId}`,
    UserId: accessKeyId,
    Account: ACCOUNT,
  }),
};
