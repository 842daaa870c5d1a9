/** The mirror as the containers of a service. */
export { MIRROR_PORTS, type MirrorCopies, type MirrorRedaction } from './mirror-containers.ts';
export { GATEWAY_PORT, MIRROR_HEALTH, ShadowMirror, type ShadowMirrorProps } from './shadow-mirror.ts';
