import { Agent } from 'undici';

/** To this machine: past the proxy that NODE_USE_ENV_PROXY makes the whole process use. */
export const DIRECT = new Agent();
