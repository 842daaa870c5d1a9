/** What an account holds around a cutover, as the doctor reads it: roles and their policies, keys, topics, tags and quotas. */
export { iam } from './iam.ts';
export { kms } from './kms.ts';
export { addRoles, type LocalAccount, localAccount } from './local-account.ts';
