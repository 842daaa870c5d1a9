/** Permission to read one secret, whatever key encrypts it. */
import { Stack } from 'aws-cdk-lib';
import type { RightsHolder } from './handler-function.ts';

/**
 * A secret with a customer-managed key requires permission for that key, too, which the secret's ARN does not reveal.
 * The permission covers any key of the account, limited to this secret
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html).
 */
export function allowSecret(holder: RightsHolder, secretArn: string): void {
  const { partition, region, account } = Stack.of(holder.grantee);
  holder.allow(['secretsmanager:GetSecretValue'], [secretArn]);
  holder.allow(
    ['kms:Decrypt'],
    [`arn:${partition}:kms:${region}:${account}:key/*`],
    'Whichever key the one secret stands under: the encryption context names the secret',
    { StringEquals: { 'kms:EncryptionContext:SecretARN': secretArn } },
  );
}
