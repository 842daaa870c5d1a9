/** Ports of the reference application's containers. */
export const GATEWAY_PORT = 8080;
export const TAP_PORTS = { forward: 8081, reverse: 8082, health: 8083 } as const;
