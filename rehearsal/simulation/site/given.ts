/** The initial state of an ingress. */
import { type BaselineSummary, type Deployment, deploymentSchema } from '../../../core/model/index.ts';
import { SIDES } from '../../../sides/index.ts';
import type { SiteName } from '../scenario/index.ts';

/** Requests per second at the ingress. */
export const RPS = 200;
/** Share of the requests that fail, and that are slow, by themselves. */
export const BASE_RATE = 0.001;
/** Share of the requests on either side whose clients hang up before they have an answer, unless a scenario says otherwise. */
export const HUNG_UP_RATE = 0.02;
/** 5xx with which the load balancer answers for another service, a minute; nothing tells whose requests they answer. */
export const OTHERS_5XX = 6;

/** Stable before anything happens: the past of the minutes that this site counts. */
export const BASELINE: Omit<BaselineSummary, 'untoldCeiling'> = {
  requests: RPS * 5_000,
  errorRate: BASE_RATE,
  recentErrorRate: BASE_RATE,
  slowRate: BASE_RATE,
  errorBurst: null,
  slowBurst: null,
  errorNoise: null,
  slowNoise: null,
  errorCeiling: null,
  slowCeiling: null,
  elb5xxRate: OTHERS_5XX / (60 * RPS),
  peakErrorRate: 2 * BASE_RATE,
  peakSlowRate: 2 * BASE_RATE,
  rpsByHour: Array<number>(24).fill(RPS),
  silentMinutes: 0,
  p50: 5,
  p95: 20,
  p99: 50,
  rps: RPS,
  cpuPercent: 30,
  memoryPercent: 40,
};

export function simulatedDeployment(name: SiteName): Deployment {
  const group = (role: string) => ({ arn: `arn:tg/${name}/${role}`, fullName: `targetgroup/${name}-${role}/1` });
  const service = (of: string) => ({ cluster: name, service: of });
  return deploymentSchema.parse({
    ingressId: name,
    loadBalancer: { fullName: `app/${name}/1` },
    rules: [
      { arn: `arn:rule/${name}/safe`, roles: ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] },
      { arn: `arn:rule/${name}/rest`, roles: SIDES },
    ],
    targetGroups: {
      stable: group('stable'),
      candidate: group('candidate'),
      mirrorForward: group('mirrorForward'),
      mirrorReverse: group('mirrorReverse'),
    },
    services: { stable: service('stable'), candidate: service('candidate') },
    rollbackAlarms: [`${name}-errors`, `${name}-unhealthy`],
    shadowAlarms: [`${name}-mirror`],
    ledgerTable: 'ledger',
  });
}
