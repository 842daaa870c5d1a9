/** Decides which requests may be sent, and with which header fields. */
import { targetWithoutSecrets } from '../../../capture/redaction/index.ts';
import { type AllowedCopy, isSafeMethod, mayCopy } from '../../../mirror/recorder/index.ts';
import { UsageError } from '../../shared/index.ts';
import { type Planned, type PlannedRequest, redactedFields } from './requests/index.ts';

/**
 * A method that is registered as safe (RFC 4918, 9.1) and that few services know, so it shows how an unsupported method
 * is answered.
 */
export const PROBE_METHOD = 'PROPFIND';

/** What a client can put into a request line. */
const TARGET = /^(?:\/|\{\{)[!-\u{ff}]*$/u;

/** Whether a repetition should give the same answer. */
export function mayAskAgain(method: string): boolean {
  return method === PROBE_METHOD || isSafeMethod(method);
}

export interface SendPolicy {
  /** Methods and paths with side effects that may be executed on both sides. */
  readonly allowed: readonly AllowedCopy[];
  /** These replace fields of a request; an empty value removes the field. */
  readonly headers: readonly (readonly [string, string])[];
}

export function admit(request: PlannedRequest, { allowed, headers }: SendPolicy): Planned {
  const { method, target, at } = request;
  const skip = (skipped: string) => ({ skipped, at });
  if (!TARGET.test(target)) return skip('the request target is not a path');
  if (method !== PROBE_METHOD && request.inFlow !== true && !mayCopy(method, target, allowed))
    return skip(
      `${method} may have side effects; --allow ${method}:${pathOf(targetWithoutSecrets(target))} would send it`,
    );
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const kept = request.headers.filter(([name]) => !given.has(name.toLowerCase()));
  const [redacted] = redactedFields(kept);
  if (redacted !== undefined)
    return skip(
      `the header ${redacted} is redacted in the recording: set it with --header, or remove it with --header '${redacted}:'`,
    );
  return { ...request, headers: [...kept, ...headers.filter(([, value]) => value !== '')] };
}

/** The permission in a policy that a request needs. */
export function leaveFor({ method, target }: PlannedRequest, { allowed }: SendPolicy): AllowedCopy[] {
  return isSafeMethod(method) ? [] : allowed.filter((entry) => mayCopy(method, target, [entry]));
}

/** @throws UsageError that names the option */
export function parseAllowed(given: readonly string[]): AllowedCopy[] {
  return given.map((text) => {
    const [, method, template] = /^([A-Z]+):(\/\S*)$/.exec(text) ?? [];
    if (method === undefined || template === undefined)
      throw new UsageError(`--allow must be METHOD:/path, such as POST:/items or PUT:/items/{id} (got "${text}")`);
    return { method, template };
  });
}

/** @throws UsageError that names the option */
export function parseHeaders(given: readonly string[], option = '--header'): [string, string][] {
  return given.map((text) => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`${option} must be 'Name: value' (got "${text}")`);
    return [name, value.trimEnd()];
  });
}

/** @throws UsageError that names the option */
export function parseValues(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--value must be name=value, such as slug=first-post (got "${text}")`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function pathOf(target: string): string {
  return target.split('?')[0] ?? target;
}
