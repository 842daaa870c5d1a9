/** The mirror as the containers of a service. */
export { MIRROR_PORTS, type MirrorCopies, type MirrorRedaction } from './mirror-containers.ts';
export { GATEWAY_PORT, MIRROR_HEALTH, ShadowMirror } from './shadow-mirror.ts';
export type { ShadowMirrorProps } from './shadow-mirror-props.ts';
