/** Envoy's whole configuration, derived from the settings of one mirror. */
import { address, type Bootstrap, type Extension, type Listener } from './api.ts';
import { clusters } from './clusters.ts';
import { copies, face, readiness } from './connection-manager.ts';
import type { EnvoySettings } from './settings.ts';
import { KEPT_STATS } from './stats.ts';

const LOOPBACK = '127.0.0.1';
/** Buffer limit per connection and direction. Beyond it, the faster side is slowed down. */
const BUFFER_BYTES = 1_048_576;

export function envoyBootstrap(settings: EnvoySettings): Bootstrap {
  const { ports, bind } = settings;
  return {
    admin: { address: address({ host: LOOPBACK, port: ports.admin }) },
    layered_runtime: {
      layers: [
        {
          name: 'fixed',
          static_layer: {
            // Whether a target with a fragment is valid is left to the primary.
            'envoy.reloadable_features.http_reject_path_with_fragment': false,
            // By default, bytes between a chunk and its line end are dropped.
            'envoy.reloadable_features.strict_chunk_parsing': true,
          },
        },
        // The recorder stores here how much it has reported to CloudWatch, because this layer outlives the recorder.
        { name: 'admin', admin_layer: {} },
      ],
    },
    stats_config: {
      // Nobody reads the other statistics.
      stats_matcher: { inclusion_list: { patterns: KEPT_STATS.map((regex) => ({ safe_regex: { regex } })) } },
    },
    static_resources: {
      listeners: [
        listener('forward', bind, ports.forward, face(settings, 'stable')),
        listener('reverse', bind, ports.reverse, face(settings, 'candidate')),
        listener('health', bind, ports.health, readiness()),
        listener('copy_stable', LOOPBACK, ports.copy.stable, copies('stable')),
        listener('copy_candidate', LOOPBACK, ports.copy.candidate, copies('candidate')),
      ],
      clusters: clusters(settings),
    },
  };
}

function listener(name: string, host: string, port: number, filter: Extension): Listener {
  return {
    name,
    address: address({ host, port }),
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    filter_chains: [{ filters: [filter] }],
  };
}
