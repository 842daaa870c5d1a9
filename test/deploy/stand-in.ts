/** How to reach MiniStack, if `.ci/run` has started it. */

/** The address of MiniStack; undefined if it does not run. */
export const STAND_IN = process.env.CROSSFADE_MINISTACK_URL;

const region = 'us-east-1';
const endpoint = STAND_IN ?? '';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Options for clients in this process. */
export const STAND_IN_CLIENT = { endpoint, region, credentials };
/** Environment variables for the CDK and other processes. */
export const STAND_IN_ENVIRONMENT = {
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};
