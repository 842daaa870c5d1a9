/** Ports of the reference application's containers. */
export const GATEWAY_PORT = 8080;
export const MIRROR_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
/** Where a face of the mirror says that it serves and that its primary can be reached. */
export const MIRROR_HEALTH = {
  forward: { port: MIRROR_PORTS.health, path: '/readyz/forward' },
  reverse: { port: MIRROR_PORTS.health, path: '/readyz/reverse' },
} as const;
