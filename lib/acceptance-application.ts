/** What `crossfade accept` deploys: one stack, named and tagged with its id. */
import type { App } from 'aws-cdk-lib';
import { ACCEPTANCE_TAG, acceptanceStackName } from '../core/acceptance/index.ts';
import type { PlanInput } from '../core/model/index.ts';
import { AcceptanceStack } from './stacks/index.ts';

export interface AcceptanceOptions {
  readonly id: string;
  readonly plan: PlanInput;
  /** @default ['/*'] */
  readonly paths?: readonly string[];
}

export function acceptanceApplication(app: App, { id, plan, paths = ['/*'] }: AcceptanceOptions): void {
  new AcceptanceStack(app, 'CrossfadeAcceptance', {
    stackName: acceptanceStackName(id),
    description: 'Crossfade acceptance: disposable; `crossfade accept --remove` deletes it',
    tags: { [ACCEPTANCE_TAG]: id },
    ingressId: id,
    plan,
    paths,
  });
}
