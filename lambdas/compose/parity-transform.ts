/** What the transform needs. */
import type { Deployment } from '../../core/model/index.ts';
import { systemClock } from '../aws/calls/index.ts';
import { type KnownNoise, knownNoise } from '../aws/dynamo/index.ts';
import { type Emit, emfEmitter } from '../tasks/index.ts';
import { type Counting, counting } from './counting.ts';

export interface TransformDeps extends Counting {
  readonly noise: KnownNoise;
  readonly emit: Emit;
}

export function transformDeps(deployment: Deployment): TransformDeps {
  const given = counting(deployment);
  return {
    ...given,
    noise: knownNoise(given.store, systemClock),
    emit: emfEmitter(deployment.ingressId, systemClock.now, (line) => console.log(line)),
  };
}
