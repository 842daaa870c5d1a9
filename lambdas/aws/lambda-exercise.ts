/** The exercise port: invokes the operator's function for load and chaos tests asynchronously. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Exercise } from '../../core/model/index.ts';
import { aws } from './calls/index.ts';

export function lambdaExercise(client: Pick<LambdaClient, 'send'>, functionName: string | undefined): Exercise {
  return {
    async start(cutoverId, seconds) {
      if (functionName === undefined) return;
      const Payload = Buffer.from(JSON.stringify({ cutoverId, seconds }));
      await aws('Invoke', () =>
        client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload })),
      );
    },
  };
}
