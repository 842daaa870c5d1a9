/** What the transform is given, built once per process on first use. */

import { systemClock } from '../aws/calls/index.ts';
import { type KnownNoise, knownNoise } from '../aws/dynamo/index.ts';
import { type Emit, emfEmitter } from '../tasks/index.ts';
import { type Counting, counting } from './counting.ts';

export interface TransformDeps extends Counting {
  readonly noise: KnownNoise;
  readonly emit: Emit;
}

let built: TransformDeps | undefined;

export function parityDeps(): TransformDeps {
  built ??= build();
  return built;
}

function build(): TransformDeps {
  const given = counting();
  return {
    ...given,
    noise: knownNoise(given.store, systemClock),
    emit: emfEmitter(given.deployment.ingressId, systemClock.now, (line) => console.log(line)),
  };
}
