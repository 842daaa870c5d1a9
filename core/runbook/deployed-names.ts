/** The names of one deployment that a runbook uses, so that its commands can be pasted at night. */
import { type Deployment, regionOf } from '../model/index.ts';

export interface DeployedNames {
  readonly ingress: string;
  /** null if the rules are not named by full ARNs. */
  readonly region: string | null;
  readonly ledger: string;
  readonly rules: readonly string[];
  readonly stableGroup: string;
  readonly candidateGroup: string;
  readonly mirrorGroup: string | null;
  /** ECS services; null if capacity is left alone. */
  readonly stableService: ServiceName | null;
  readonly candidateService: ServiceName | null;
}

export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

export function deployedNames({ ingressId, rules, targetGroups, services, ledgerTable }: Deployment): DeployedNames {
  return {
    ingress: ingressId,
    region: regionOf({ rules }),
    ledger: ledgerTable,
    rules: rules.map(({ arn }) => arn),
    stableGroup: targetGroups.stable.arn,
    candidateGroup: targetGroups.candidate.arn,
    mirrorGroup: targetGroups.mirrorForward?.arn ?? null,
    stableService: services?.stable ?? null,
    candidateService: services?.candidate ?? null,
  };
}

/** Example names, for a page that knows no deployment. */
export const EXAMPLE_NAMES: DeployedNames = {
  ingress: 'gateway',
  region: null,
  ledger: '<ledger>',
  rules: ['<rule>'],
  stableGroup: '<stable group>',
  candidateGroup: '<candidate group>',
  mirrorGroup: '<mirror group>',
  stableService: { cluster: '<cluster>', service: '<stable>' },
  candidateService: { cluster: '<cluster>', service: '<candidate>' },
};
