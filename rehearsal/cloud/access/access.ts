/**
 * IAM of the local cloud: each call is decided by the synthesised policies alone. Denied and undecidable calls are
 * recorded, and a run with any of them has failed, even if it survived.
 */

import { asError } from '../../../input/index.ts';
import { ACCOUNT, type Assembly, type Names } from '../template/index.ts';
import { type AccountPolicies, policiesOf } from './account-policies.ts';
import { ActionData } from './action-data.ts';
import { Context } from './conditions.ts';
import { type AccessRequest, decisionOn, type Policies, type Principal } from './evaluate.ts';
import { askedBy, type Fields, type Known, type NeededRight } from './needed-rights.ts';
import { isLike } from './wildcards.ts';

export interface Denial {
  /** A role's ARN, or a service. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly why: string;
}

/** An action that the policy of a role or a resource allows, as written there. */
export interface Right {
  /** Logical id of the role, or of the resource policy. */
  readonly holder: string;
  readonly action: string;
}

/** A permission was missing during a run. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDenied';
}

/** The identity of clients on this machine: an administrator whom the templates do not mention. */
const NOT_OURS = null;

/** Every request is signed and uses TLS, as AWS's endpoints require. */
const ALWAYS = { 'aws:SecureTransport': ['true'], 's3:TlsVersion': ['1.3'] };
const SOURCES = ['aws:SourceArn', 'aws:SourceAccount'];

export interface AccessOptions {
  readonly assembly: Assembly;
  readonly names: Names;
  readonly known: Known;
}

export class Access {
  /** How many requests were decided, positively or negatively. */
  decisions = 0;
  readonly denials: Denial[] = [];
  readonly #options: AccessOptions;
  readonly #data: ActionData;
  readonly #keys = new Map<string, string>();
  readonly #used = new Set<string>();
  #policies: AccountPolicies;

  private constructor(options: AccessOptions, policies: AccountPolicies, data: ActionData) {
    this.#options = options;
    this.#policies = policies;
    this.#data = data;
  }

  /** @throws RangeError or z.ZodError if a policy names something that AWS does not have, or that is unknown here */
  static async of(options: AccessOptions): Promise<Access> {
    const policies = policiesOf(options.assembly, options.names);
    const patterns = patternsOf(policies).filter((pattern) => pattern !== '*');
    const data = await ActionData.of(patterns.map((pattern) => pattern.split(':')[0] ?? ''));
    for (const pattern of patterns) data.matching(pattern);
    return new Access(options, policies, data);
  }

  /** Reads the policies again after custom resources have been created, because policies use their attributes. */
  reread(): void {
    this.#policies = policiesOf(this.#options.assembly, this.#options.names);
  }

  /** The access key of a role. */
  keyOf(roleArn: string): string {
    const key = `ROLE${roleArn.split('/').at(-1)}`;
    this.#keys.set(key, roleArn);
    return key;
  }

  /** Decides a call on the wire; null if the key's owner may make it. */
  refuses(accessKeyId: string, service: string, operation: string, fields: Fields): Denial | null {
    const role = this.#keys.get(accessKeyId) ?? NOT_OURS;
    if (role === NOT_OURS) return null;
    const who = { type: 'role', arn: role, account: ACCOUNT } as const;
    return this.#guarded(who, `${service}.${operation}`, () =>
      askedBy(service, operation, fields, this.#options.known),
    );
  }

  /** Decides what an AWS service does on behalf of a role. @returns null if the role may */
  refusesRole(roleArn: string, ...asked: readonly NeededRight[]): Denial | null {
    const who = { type: 'role', arn: roleArn, account: ACCOUNT } as const;
    return this.#guarded(who, asked[0]?.action ?? '', () => asked);
  }

  /**
   * Decides what an AWS service does in its own name, because of `sourceArn`.
   * @returns null if the resource's policy allows it
   */
  refusesService(name: string, sourceArn: string, ...asked: readonly NeededRight[]): Denial | null {
    const source = { 'aws:SourceArn': [sourceArn], 'aws:SourceAccount': [ACCOUNT] };
    const from = asked.map((one) => ({ ...one, context: { ...one.context, ...source } }));
    return this.#guarded({ type: 'service', name }, asked[0]?.action ?? '', () => from);
  }

  /** Decides whether a service may assume a role. @returns null if the role's trust policy allows it */
  refusesTrust(service: string, sourceArn: string, roleArn: string): Denial | null {
    return this.refusesService(service, sourceArn, { action: 'sts:AssumeRole', resource: roleArn });
  }

  /** @throws AccessDeniedError that names each denial once */
  demandNoDenial(): void {
    const sentences = [...new Set(this.denials.map(sentenceOf))];
    if (sentences.length > 0) throw new AccessDeniedError(sentences.join('\n'));
  }

  /** Permissions that no call has used so far, in order. */
  neverUsed(): Right[] {
    const { roles, attached } = this.#policies;
    const statements = [...[...roles.values()].flatMap((r) => r.statements), ...attached.flatMap((a) => a.statements)];
    const rights = statements
      .filter((s) => s.effect === 'Allow' && !s.actions.not)
      .flatMap((s) => s.actions.patterns.map((action) => ({ holder: s.holder, action })));
    const unused = rights.filter((right) => !this.#used.has(keyOf(right)));
    return [...new Map(unused.map((right) => [keyOf(right), right])).values()].sort((a, b) =>
      keyOf(a) < keyOf(b) ? -1 : 1,
    );
  }

  #guarded(principal: Principal, call: string, ask: () => readonly NeededRight[]): Denial | null {
    const who = principal.type === 'role' ? principal.arn : principal.name;
    try {
      for (const asked of ask()) {
        const denied = this.#decisionOn(principal, who, asked);
        if (denied !== null) return denied;
      }
      return null;
    } catch (error) {
      // An undecidable call is treated like a denied one.
      const why = asError(error).message;
      return this.#deny({ who, action: call, resource: '*', why });
    }
  }

  #decisionOn(
    principal: Principal,
    who: string,
    { action, resource, context = {}, absent = [] }: NeededRight,
  ): Denial | null {
    const sources = principal.type === 'role' ? SOURCES : [];
    const request: AccessRequest = {
      principal,
      action,
      resource: action === 'sts:AssumeRole' || this.#data.hasResources(action) ? resource : '*',
      context: new Context({ ...ALWAYS, ...context }, [...absent, ...sources]),
    };
    this.decisions++;
    const { allowed, by } = decisionOn(request, this.#policiesFor(principal, action, resource));
    if (!allowed) {
      const why = by.length === 0 ? 'no policy allows it' : `an explicit deny in ${by[0]?.holder}`;
      return this.#deny({ who, action, resource: request.resource, why });
    }
    for (const { holder, actions } of by)
      for (const pattern of actions.patterns)
        if (isLike(pattern.toLowerCase(), action.toLowerCase())) this.#used.add(keyOf({ holder, action: pattern }));
    return null;
  }

  #policiesFor(principal: Principal, action: string, resource: string): Policies {
    const { roles, attached } = this.#policies;
    const role = principal.type === 'role' ? roles.get(principal.arn) : undefined;
    const at = attached
      .filter(({ arn }) => resource === arn || resource.startsWith(`${arn}/`))
      .flatMap((a) => a.statements);
    const trust = action === 'sts:AssumeRole' ? (roles.get(resource)?.trust ?? []) : [];
    return {
      identity: role?.statements ?? [],
      ...(role?.boundary === undefined ? {} : { boundary: role.boundary }),
      resource: [...at, ...trust],
      resourceMustAgree: action.startsWith('kms:'),
    };
  }

  #deny(denial: Denial): Denial {
    this.denials.push(denial);
    return denial;
  }
}

function keyOf({ holder, action }: Right): string {
  return `${action}: ${holder}`;
}

function patternsOf({ roles, attached }: AccountPolicies): string[] {
  const all = [
    ...[...roles.values()].flatMap((r) => [...r.statements, ...(r.boundary ?? []), ...r.trust]),
    ...attached.flatMap((a) => a.statements),
  ];
  return all.flatMap((s) => s.actions.patterns);
}

/** In AWS's wording. */
export function sentenceOf({ who, action, resource, why }: Denial): string {
  return `${who} is not authorized to perform ${action} on ${resource}: ${why}`;
}
