/** This machine: processes and ports. */
export { type Child, startChild } from './child.ts';
export { compileCache } from './compile-cache.ts';
export { listen } from './listen.ts';
export { liveWeights } from './live-weights.ts';
export { LOCAL_CLIENT, localEnvironment } from './local-client.ts';
export { OWN_PROGRAM, ownModule } from './own-module.ts';
export { Pacemaker } from './pacemaker.ts';
export type {
  LoadBalancerModel,
  MetricDatum,
  MetricSink,
  RuleModel,
  Target,
  TargetGroupModel,
} from './world.ts';
