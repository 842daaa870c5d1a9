/** Envoy’s configuration for the mirror, and the script that it runs. */
export { envoyBootstrap } from './bootstrap.ts';
export { twiceCluster } from './clusters.ts';
export { PID_ONE } from './pid-one.ts';
export { type EnvoySettings, SHARED } from './settings.ts';
