/**
 * A function's credentials are in its environment. The handlers' bundles use this in place of the SDK's chain of
 * providers (lib/assets/handlers.ts), most of which is single sign-on, profiles and their clients.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
