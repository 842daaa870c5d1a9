/** Envoy’s configuration for the mirror, and the script that it runs. */
export { envoyBootstrap } from './bootstrap.ts';
export { PID_ONE } from './pid-one.ts';
export { type EnvoySettings, HAND_OVER_MS, SHARED } from './settings.ts';
export { RETRYING, TOLD_STATS } from './stats.ts';
