/**
 * Detects who else writes the weights of these groups, or the rules of this listener. Two owners of one resource undo
 * each other's changes, so they are refused before a run begins, each with advice. Tools that leave foreign rules alone
 * (Terraform, CloudFormation) are not refused.
 */
import type { ListenerRefusal } from './refusal.ts';
import type { ListenerRule } from './shadowed-rules.ts';

/** Everything around the cutover's own rules, as it is now. */
export interface SurroundingsReading {
  /** One for each rule of the cutover, with all rules of its listener including its own. */
  readonly listeners: readonly { readonly ownRules: readonly string[]; readonly rules: readonly ListenerRule[] }[];
  readonly groups: readonly GroupReading[];
  /** Tags of the load balancer, the listeners and the groups. */
  readonly tags: readonly { readonly arn: string; readonly keys: readonly string[] }[];
  /** Empty if the sides are not ECS services of the deployment. */
  readonly services: readonly ServiceReading[];
}

export interface GroupReading {
  readonly role: string;
  readonly arn: string;
  /**
   * Target stickiness. ELBv2 then requires group stickiness of every rule with several groups, and both override the
   * weights.
   */
  readonly sticky: boolean;
}

export interface ServiceReading {
  readonly name: string;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly controller: string;
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly strategy: string;
}

export interface Surroundings {
  /** Called at preflight only. */
  read(): Promise<SurroundingsReading>;
  /** All rules of each listener of the load balancer, including the default rule. */
  rules(): Promise<readonly (readonly ListenerRule[])[]>;
}

/** Tags of the AWS Load Balancer Controller (https://kubernetes-sigs.github.io/aws-load-balancer-controller). */
const KUBERNETES_TAGS = /^(elbv2\.k8s\.aws|ingress\.k8s\.aws|service\.k8s\.aws)\//;

/** Why a cutover must not begin here: others write weights on this listener or of these groups. */
export function ownerRefusalsOf({
  listeners,
  groups,
  tags,
  services,
}: SurroundingsReading): readonly ListenerRefusal[] {
  return [
    ...stickinessRefusals(groups),
    ...services.flatMap(serviceRefusal),
    ...tags
      .filter(({ keys }) => keys.some((key) => KUBERNETES_TAGS.test(key)))
      .map(({ arn }) => ({
        why: `${shortName(arn)} belongs to the AWS Load Balancer Controller, which removes rules and weights that no Ingress names`,
        mend: 'attach to a load balancer of your own and bind the pods by a TargetGroupBinding',
      })),
    ...listeners.flatMap(({ ownRules, rules }) => otherSplits(ownRules, rules, groups)),
  ];
}

/** Reported before anything is created, because ELBv2's own refusal does not name the group. */
export function stickinessRefusals(groups: readonly GroupReading[]): readonly ListenerRefusal[] {
  return groups
    .filter(({ sticky }) => sticky)
    .map(({ role, arn }) => ({
      why: `target group ${shortName(arn)} (${role}) has target stickiness, whose cookies override the weights`,
      mend: `switch it off: aws elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=stickiness.enabled,Value=false`,
    }));
}

function serviceRefusal({ name, controller, strategy }: ServiceReading): readonly ListenerRefusal[] {
  const mend = "deploy it by ECS's rolling update instead";
  if (controller === 'CODE_DEPLOY') return [{ why: `CodeDeploy owns the weights of service ${name}`, mend }];
  if (controller === 'EXTERNAL') return [{ why: `an external controller owns the task sets of service ${name}`, mend }];
  if (strategy !== 'ROLLING')
    return [
      {
        why: `service ${name} deploys by ${strategy}, which writes the listener's weights itself`,
        mend: 'set its deployment strategy to ROLLING',
      },
    ];
  return [];
}

/**
 * A foreign rule that splits requests between several groups, including one of the cutover's, indicates a blue/green
 * tool.
 */
function otherSplits(
  ownRules: readonly string[],
  rules: readonly ListenerRule[],
  groups: readonly GroupReading[],
): readonly ListenerRefusal[] {
  return rules
    .filter(({ arn, forwards }) => !ownRules.includes(arn) && forwards !== null && forwards.size > 1)
    .filter(({ forwards }) => groups.some(({ arn }) => forwards?.has(arn)))
    .map(({ arn, priority }) => ({
      why: `rule ${shortName(arn)} at priority ${priority} splits requests over the same target groups, so somebody else shifts them as well`,
      mend: 'let that rule forward to one group alone, or end the tool that writes it',
    }));
}

function shortName(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}
