/**
 * Checks of what exists once the stacks are deployed: alarms (those of a plan may exist before), the status topic,
 * functions and their permissions.
 */

import { quantity } from '../../input/index.ts';
import { type Diagnosis, diagnosesOf } from './diagnosis.ts';
import type { Facts } from './facts.ts';
import { allowsService } from './resource-policy.ts';

/** CloudFormation compares templates, not resources, unless it is asked to revert drift. */
const RECREATE = 'npx cdk deploy --revert-drift: a plain deploy does not recreate what somebody deleted';

export function alarms({ alarms: { expected, found } }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('alarm');
  return expected.map((name) => {
    const reading = found.find((alarm) => alarm.name === name);
    if (reading === undefined)
      return fail(
        `Alarm ${name} does not exist.`,
        `correct \`alarms\` of the plan if it names this alarm, otherwise ${RECREATE}`,
      );
    if (!reading.actionsEnabled)
      return fail(
        `The actions of alarm ${name} are disabled: it would roll nothing back.`,
        `aws cloudwatch enable-alarm-actions --alarm-names ${name}`,
      );
    if (reading.mutedBy.length > 0)
      return fail(
        `Alarm ${name} is muted by ${reading.mutedBy.join(', ')}: it would roll nothing back.`,
        'end the mute rule before the run',
      );
    if (reading.state === 'ALARM')
      return fail(
        `Alarm ${name} is in ALARM: preflight would refuse the run.`,
        'find its cause (docs/how-to/runbook.md)',
      );
    if (reading.state === 'INSUFFICIENT_DATA')
      return warn(
        `Alarm ${name} has no data yet: preflight would refuse the run.`,
        'send traffic through the listener, and run the doctor again after five minutes',
      );
    return ok(`Alarm ${name} is OK, and its actions are enabled.`);
  });
}

/** If an alarm lacks the permission to publish, nobody is notified, and nothing reports that. */
export function notices({ deployed }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('notice');
  if (deployed === null) return [];
  const { topic } = deployed;
  if (topic === null)
    return [warn('No status topic is deployed, so nobody is notified of anything.', 'give the construct a `topic`')];
  if (topic.found === null) return [fail(`There is no topic ${topic.arn}.`, RECREATE)];
  const { policy, keyPolicy, confirmed, pending } = topic.found;
  const diagnoses = [
    allowsService(policy, 'cloudwatch.amazonaws.com', ['sns:Publish'])
      ? ok('Alarms may publish to the status topic.')
      : fail(
          'The policy of the status topic does not let CloudWatch publish, so alarms would reach nobody.',
          `allow sns:Publish to cloudwatch.amazonaws.com on ${topic.arn}`,
        ),
    keyPolicy === null || allowsService(keyPolicy, 'cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'])
      ? ok('Alarms may use the key of the status topic.')
      : fail(
          'The policy of the topic’s key does not let CloudWatch use it, so alarms would reach nobody.',
          'allow kms:Decrypt and kms:GenerateDataKey* to cloudwatch.amazonaws.com in the key’s policy',
        ),
  ];
  const subscribe = `aws sns subscribe --topic-arn ${topic.arn} --protocol email --notification-endpoint ADDRESS`;
  if (confirmed === 0)
    diagnoses.push(
      fail(
        `The status topic has no confirmed subscription${pending > 0 ? ` (${pending} not confirmed yet)` : ''}, so nobody would be notified.`,
        pending > 0 ? 'confirm the subscription by the link in its mail' : subscribe,
      ),
    );
  else if (pending > 0)
    diagnoses.push(
      warn(
        `The status topic has ${quantity(pending, 'unconfirmed subscription')}.`,
        'confirm each by the link in its mail',
      ),
    );
  else diagnoses.push(ok(`The status topic has ${quantity(confirmed, 'confirmed subscription')}.`));
  return diagnoses;
}

/** A run keeps the function versions with which it began. If one is deleted, the run ends, and so does its rollback. */
export function functions({ deployed }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('function version');
  if (deployed === null) return [];
  if (deployed.functions === null) return [fail('There is no state machine with the alias `live`.', RECREATE)];
  const gone = deployed.functions.filter(({ exists }) => !exists);
  if (gone.length === 0)
    return [ok(`Every function version of the state machine exists (${deployed.functions.length}).`)];
  return gone.map(({ arn }) => fail(`The state machine names ${arn}, which does not exist.`, RECREATE));
}

export function rights({ deployed }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('right');
  return (deployed?.roles ?? []).flatMap(({ role, asked, unasked, denied }) => {
    const name = role.slice(role.indexOf('/') + 1);
    if (asked === 0) return [fail(`Role ${name} has no policy.`, RECREATE)];
    if (denied.length === 0 && unasked > 0)
      return [
        warn(
          `Role ${name} has the ${quantity(asked, 'permission')} that it needs; ${unasked} more cannot be simulated, because they are granted by wildcards or under conditions.`,
          `look at its policies: aws iam list-role-policies --role-name ${name.slice(name.lastIndexOf('/') + 1)}, and list-attached-role-policies`,
        ),
      ];
    if (denied.length === 0) return [ok(`Role ${name} has the ${quantity(asked, 'permission')} that it needs.`)];
    return denied.map(({ action, resource, decision }) =>
      fail(
        `Role ${name} may not do ${action} on ${resource} (${decision === 'explicitDeny' ? 'a policy denies it' : 'no policy allows it'}).`,
        'look for a permissions boundary or an organisation’s policy that denies it; if the role’s own policy was edited, npx cdk deploy --revert-drift restores it',
      ),
    );
  });
}

export function rules({ deployed, listeners }: Facts): Diagnosis[] {
  const { ok, fail } = diagnosesOf('rule');
  if (deployed === null) return [];
  const there = new Set(listeners.flatMap((listener) => listener.rules.map(({ arn }) => arn)));
  const gone = deployed.ruleArns.filter((arn) => !there.has(arn));
  if (gone.length === 0)
    return [
      ok(
        deployed.ruleArns.length === 1
          ? 'The one rule of the cutover exists.'
          : `All ${deployed.ruleArns.length} rules of the cutover exist.`,
      ),
    ];
  return gone.map((arn) =>
    fail(
      `The cutover’s rule ${arn} does not exist: other rules of the listener take its traffic.`,
      'give the rule another priority in the stack, then npx cdk deploy: a deploy that changes nothing does not recreate it',
    ),
  );
}

export function runbook({ deployed }: Facts): Diagnosis[] {
  const { ok, warn } = diagnosesOf('runbook');
  if (deployed === null) return [];
  const { runbook: found } = deployed;
  if (found === null)
    return [warn('The alarms name no runbook.', 'give the construct `runbookUrl`, which alarm mails then carry')];
  if (found.status !== null && found.status < 400) return [ok(`The runbook ${found.url} can be reached from here.`)];
  return [
    warn(
      `The runbook ${found.url} ${found.status === null ? 'cannot be reached from here' : `answers ${found.status}`}.`,
      'correct `runbookUrl`, or make the page readable for those who are on call',
    ),
  ];
}
