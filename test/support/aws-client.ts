/** Clients of the AWS SDK that a test answers. */

/**
 * The SDK overloads `send` by command, which no function of a test can: this is the one place that says it were so.
 */
export function awsClient<Client extends { send: unknown }>(
  answer: (command: never) => Promise<object | undefined>,
): Pick<Client, 'send'> {
  return { send: answer } as unknown as Pick<Client, 'send'>;
}
