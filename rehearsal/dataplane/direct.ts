import { Agent } from 'undici';

/** Connects to this machine without the proxy that NODE_USE_ENV_PROXY would make the whole process use. */
export const DIRECT = new Agent();
