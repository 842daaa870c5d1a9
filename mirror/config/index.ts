/** Reads the mirror's configuration from the environment. */
export { type MirrorConfig, mirrorConfig } from './mirror-config.ts';
