/** The person who runs the command: the IAM identity that AWS sees, which no option can change. */

/**
 * ARN of the caller. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html requires no
 * permission.
 */
export async function callerArn(): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const client = new STSClient(CLIENT_OPTIONS);
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (Arn === undefined) throw new Error('STS answered without an identity');
    return Arn;
  } finally {
    client.destroy();
  }
}
