/** The parts of an account that the doctor reads: roles and their policies, keys, topics, tags and quotas. */
export { iam } from './iam.ts';
export { kms } from './kms.ts';
export { addRoles, type LocalAccount, localAccount } from './local-account.ts';
