/** Pages of the AWS console about one deployment, built only from names that the deployment has. */
import { type Deployment, statesArn } from '../model/index.ts';

/** Hosts of the console by partition: https://docs.aws.amazon.com/general/latest/gr/rande.html */
const HOSTS: Readonly<Record<string, (region: string) => string>> = {
  aws: (region) => `${region}.console.aws.amazon.com`,
  'aws-cn': () => 'console.amazonaws.cn',
  'aws-us-gov': () => 'console.amazonaws-us-gov.com',
};

interface ConsoleLinks {
  /** The runbook with the names of this deployment: a dashboard of text, which requires only access to the account. */
  readonly runbook?: string;
  readonly dashboard?: string;
  /** The state machine's executions. */
  readonly machine?: string;
}

/** Address of a dashboard; null in a partition whose console is unknown. */
export function dashboardUrl(partition: string, region: string, name: string): string | null {
  const host = HOSTS[partition]?.(region);
  return host === undefined ? null : `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}

/** Empty if the rules are not named by full ARNs, as on a machine without AWS. */
export function consoleLinks({
  rules,
  ingressId,
  runbookUrl,
}: Pick<Deployment, 'rules' | 'ingressId' | 'runbookUrl'>): ConsoleLinks {
  const [, partition = '', , region = ''] = rules[0]?.arn.split(':') ?? [];
  const host = HOSTS[partition]?.(region);
  const machine = statesArn({ ingressId, rules }, 'stateMachine');
  const links = {
    runbook: runbookUrl ?? dashboardUrl(partition, region, runbookDashboard(ingressId)),
    dashboard: dashboardUrl(partition, region, cutoverDashboard(ingressId)),
    machine: host === undefined ? null : `https://${host}/states/home?region=${region}#/statemachines/view/${machine}`,
  };
  return Object.fromEntries(Object.entries(links).filter(([, link]) => link !== null));
}

/** Name of the cutover's dashboard. */
export function cutoverDashboard(ingressId: string): string {
  return `${ingressId}-cutover`;
}

/** Name of the dashboard that contains the runbook. */
export function runbookDashboard(ingressId: string): string {
  return `${ingressId}-runbook`;
}
