import type { MirrorConfig } from '../config/index.ts';
import type { EnvoySettings } from '../envoy/index.ts';

/** Extracts Envoy's part of the mirror's configuration. */
export function envoySettings(config: MirrorConfig): EnvoySettings {
  const { policy, copyPorts, forwardPort, reversePort, healthPort, recorderPort, adminPort } = config;
  return {
    ingress: config.ingress,
    sides: { stable: endpointOf(config.stableUrl), candidate: endpointOf(config.candidateUrl) },
    bind: config.bind,
    ports: {
      forward: forwardPort,
      reverse: reversePort,
      health: healthPort,
      recorder: recorderPort,
      admin: adminPort,
      copy: copyPorts,
    },
    sampleRate: policy.sampleRate,
    bodyCap: policy.bodyCap,
    allowed: policy.allowed,
    healthPath: config.primaryHealthPath,
    keepAliveMs: config.keepAliveMs,
  };
}

function endpointOf({ hostname, port }: URL) {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 80 : Number(port) };
}
