/** Pages of AWS's console about one deployment: they need no name that the deployment does not have. */
import type { Deployment } from '../model/index.ts';

/** Hosts of the console by partition: https://docs.aws.amazon.com/general/latest/gr/rande.html */
const HOSTS: Readonly<Record<string, (region: string) => string>> = {
  aws: (region) => `${region}.console.aws.amazon.com`,
  'aws-cn': () => 'console.amazonaws.cn',
  'aws-us-gov': () => 'console.amazonaws-us-gov.com',
};

interface ConsoleLinks {
  /** The runbook, with the names of this deployment: a dashboard of text, which needs nothing but the account. */
  readonly runbook?: string;
  readonly dashboard?: string;
  /** The state machine's executions. */
  readonly machine?: string;
}

/** None where the rules are not named by full ARNs, as on a machine without AWS. */
export function consoleLinks({
  rules,
  ingressId,
  runbookUrl,
}: Pick<Deployment, 'rules' | 'ingressId' | 'runbookUrl'>): ConsoleLinks {
  const [, partition = '', , region = '', account = ''] = rules[0]?.arn.split(':') ?? [];
  const host = HOSTS[partition]?.(region);
  const runbook = runbookUrl === undefined ? {} : { runbook: runbookUrl };
  if (host === undefined || region === '') return runbook;
  const dashboard = (name: string) => `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
  const machine = `arn:${partition}:states:${region}:${account}:stateMachine:${ingressId}-cutover`;
  return {
    runbook: dashboard(runbookDashboard(ingressId)),
    dashboard: dashboard(`${ingressId}-cutover`),
    machine: `https://${host}/states/home?region=${region}#/statemachines/view/${machine}`,
    ...runbook,
  };
}

/** Name of the dashboard that holds the runbook. */
function runbookDashboard(ingressId: string): string {
  return `${ingressId}-runbook`;
}
