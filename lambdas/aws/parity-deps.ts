/** What the transform is given, built once per process on first use. */
import { emfEmitter } from '../emf.ts';
import type { TransformDeps } from '../parity-transform.ts';
import { counting } from './counting.ts';
import { knownNoise } from './known-noise.ts';
import { systemClock } from './system-clock.ts';

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
