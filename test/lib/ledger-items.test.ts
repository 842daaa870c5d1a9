/**
 * Several ingresses may share a ledger. Functions may touch only the items of their own ingress, and people may write
 * only those.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../rehearsal/cloud/access/access.ts';
import type { Assembly, Resource } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';

const STACK = 'CrossfadeCutover';
const OWN = 'gateway';
const WRITES = ['PutItem', 'UpdateItem'] as const;
const CALLS = ['GetItem', 'Query', ...WRITES] as const;
type Call = (typeof CALLS)[number];

/** Returns a role with one of the policies that are deployed for people. */
function person(assembly: Assembly, policy: string): Resource {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return {
    stack: STACK,
    logicalId: `${policy}Person`,
    type: 'AWS::IAM::Role',
    properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust },
      ManagedPolicyArns: [assembly.outputs.get(`${STACK}.${policy}`)?.value],
    },
  };
}

describe('the items of a ledger', () => {
  let access: Access;
  let roles: ReadonlyMap<string, string>;
  let table: string;
  beforeAll(async () => {
    const assembly = await sharedAssembly();
    const people = ['ReadPolicy', 'StartPolicy', 'ApprovePolicy', 'RollbackPolicy'].map((p) => person(assembly, p));
    const peopled = { ...assembly, resources: [...assembly.resources, ...people] };
    const names = new Names(peopled);
    access = await Access.of({ assembly: peopled, names, known: { tagsOf: () => ({}), keyOf: () => null } });
    const all = peopled.resources.filter(({ type }) => type === 'AWS::IAM::Role');
    roles = new Map(all.map((role) => [role.logicalId, names.arnOf(role)]));
    const [ledger] = peopled.resources.filter(({ type }) => type === 'AWS::DynamoDB::GlobalTable');
    table = ledger === undefined ? '' : names.nameOf(ledger);
  });

  const fieldsOf = (call: Call, partition: string) => {
    const pk = { S: partition };
    switch (call) {
      case 'Query':
        return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
      case 'PutItem':
        return { Item: { pk, sk: { S: 's' } } };
      case 'GetItem':
      case 'UpdateItem':
        return { Key: { pk, sk: { S: 's' } } };
    }
  };
  const may = (role: string, call: Call, partition: string) =>
    access.refuses(access.keyOf(role), 'dynamodb', call, { TableName: table, ...fieldsOf(call, partition) }) === null;
  /** Returns the calls that the role may make, as `call partition`. */
  const allowed = (logicalId: RegExp, ...partitions: string[]) => {
    const found = [...roles].filter(([id]) => logicalId.test(id));
    expect(found).toHaveLength(1);
    return found.flatMap(([, arn]) =>
      partitions.flatMap((of) => CALLS.filter((call) => may(arn, call, of)).map((call) => `${call} ${of}`)),
    );
  };

  it('of another ingress are written by nobody, and read by people alone', () => {
    for (const [id, arn] of roles)
      for (const other of ['admin', `${OWN}2`])
        for (const of of [`INGRESS#${other}`, `CUTOVER#${other}#run`, `PARITY#${other}#run#none#hour`])
          for (const call of id.endsWith('Person') ? WRITES : CALLS)
            expect(may(arn, call, of), `${id}: ${call} ${of}`).toBe(false);
  });

  it.each<[RegExp, string[]]>([
    [/^ReadPolicyPerson$/, []],
    [/^StartPolicyPerson$/, [`UpdateItem INGRESS#${OWN}`, `PutItem CUTOVER#${OWN}#run`]],
    [/^ApprovePolicyPerson$/, [`UpdateItem CUTOVER#${OWN}#run`]],
    [/^RuleProviderOnEventFnServiceRole/, []],
    [
      /^CutoverFunctionswatchFnServiceRole/,
      WRITES.flatMap((call) => [`${call} INGRESS#${OWN}`, `${call} CUTOVER#${OWN}#run`]),
    ],
  ])('%s writes %j', (who, writes) => {
    const found = allowed(who, `INGRESS#${OWN}`, `CUTOVER#${OWN}#run`, `PARITY#${OWN}#run`, 'CHAT#C1', 'CUTOVER#run');
    expect(found.filter((one) => !/^(GetItem|Query)/.test(one)).sort()).toEqual(writes.sort());
  });
});
