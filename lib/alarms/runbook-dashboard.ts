import { Stack, Token } from 'aws-cdk-lib';
import { Dashboard, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  type DeployedNames,
  firstAid,
  isSymptom,
  SYMPTOMS,
  type SymptomId,
  symptomSection,
} from '../../core/runbook/index.ts';
import { dashboardUrl, runbookDashboard } from '../../core/status/index.ts';

/** Width of a text, in the dashboard's grid of 24 columns. */
const WIDTH = 12;
const HEIGHT = 8;

/**
 * The runbook in the account itself, as a dashboard of text with the real names. The person on call can open it from an
 * alarm's mail with only the AWS console, and without any foreign page.
 */
export class RunbookDashboard extends Construct {
  constructor(scope: Construct, id: string, names: DeployedNames) {
    super(scope, id);
    const text = (markdown: string) => new TextWidget({ width: WIDTH, height: HEIGHT, markdown });
    const ids = Object.keys(SYMPTOMS).filter(isSymptom);
    new Dashboard(this, 'Dashboard', {
      dashboardName: runbookDashboard(names.ingress),
      widgets: [
        [
          new TextWidget({
            width: 2 * WIDTH,
            height: HEIGHT,
            markdown: `# Runbook of ${names.ingress}\n\n${firstAid(names)}`,
          }),
        ],
        ids.map((symptom) => text(symptomSection(symptom, names, '##'))),
      ],
    });
  }
}

/** Where the runbook describes a symptom: below your own address, or in the deployed runbook. */
export function runbookPlace(scope: Construct, ingressId: string, own: string | undefined, symptom: SymptomId): string {
  return own === undefined ? `${runbookAddress(scope, ingressId)} (section ${symptom})` : `${own}#${symptom}`;
}

/** Address of the deployed runbook. */
export function runbookAddress(scope: Construct, ingressId: string): string {
  return dashboardAddress(scope, runbookDashboard(ingressId));
}

/** A stack without a region of its own is assumed to be in the partition `aws`. */
export function dashboardAddress(scope: Construct, name: string): string {
  const { partition, region } = Stack.of(scope);
  return dashboardUrl(Token.isUnresolved(partition) ? 'aws' : partition, region, name) ?? name;
}
