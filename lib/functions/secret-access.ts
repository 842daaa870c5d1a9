/** Reading one secret, whichever key it stands under. */
import { Stack } from 'aws-cdk-lib';
import type { RightsHolder } from './handler-function.ts';

/**
 * A secret under a key of the user's own asks for that key as well, which its ARN does not tell: any key of the account, for this one secret
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
