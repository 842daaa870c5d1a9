/** Ports of the reference application's containers. */
export const GATEWAY_PORT = 8080;
export const TAP_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
/** Where a face of the tap says that it serves and that its primary can be reached. */
export const TAP_HEALTH = {
  forward: { port: TAP_PORTS.health, path: '/readyz/forward' },
  reverse: { port: TAP_PORTS.health, path: '/readyz/reverse' },
} as const;
