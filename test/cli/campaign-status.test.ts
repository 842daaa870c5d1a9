/** `crossfade campaign` while its machine tries an evaluation again: the history ends with failures. */
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { campaignInput } from '../support/campaign.ts';
import { crossfade } from '../support/cli.ts';
import { serve } from '../support/http.ts';

const STATE = { campaign: campaignInput({ first: ['cart'] }), states: { cart: { at: 'completed' } }, accepted: true };
const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ops</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';
const FAILED = { type: 'TaskFailed', id: 2, timestamp: 0 };
const LOOKED = {
  type: 'TaskStateExited',
  id: 1,
  timestamp: 0,
  stateExitedEventDetails: { name: 'Look', output: JSON.stringify(STATE) },
};
const EXECUTION = { name: 'autumn', executionArn: 'arn:aws:states:us-east-1:111122223333:execution:c:autumn' };

it('shows the states of the latest evaluation that succeeded, however many have failed since', async () => {
  const answers: Readonly<Record<string, (asked: { readonly nextToken?: string }) => object>> = {
    ListExecutions: () => ({ executions: [{ ...EXECUTION, status: 'RUNNING' }] }),
    GetExecutionHistory: ({ nextToken }) =>
      nextToken === undefined ? { events: Array(40).fill(FAILED), nextToken: 'older' } : { events: [LOOKED] },
    DescribeExecution: () => ({ input: JSON.stringify({ campaign: STATE.campaign }) }),
  };
  const aws: RequestListener = async (request, response) => {
    const target = request.headers['x-amz-target']?.toString().split('.').at(-1);
    if (target === undefined) return void response.end(IDENTITY);
    const asked = JSON.parse(await text(request));
    response.end(JSON.stringify(answers[target]?.(asked)));
  };
  const { url, stop } = await serve(aws);
  try {
    const { code, stdout } = await crossfade(['campaign', 'status', 'autumn'], {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/\. 1 service, 0 under way\..*cart .* completed/s),
    });
  } finally {
    await stop();
  }
});
