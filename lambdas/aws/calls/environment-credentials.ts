/**
 * A function's credentials are in its environment, where Lambda puts them. Bundles of handlers have this instead of
 * the SDK's chain of providers (lib/assets/handlers.ts), of which single sign-on, profiles and their clients are the greater part.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
