/**
 * CloudFormation's intrinsic functions, resolved with the local resources of all templates.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */

export interface Lookup {
  ref(stack: string, logicalId: string): string | number;
  attribute(stack: string, logicalId: string, name: string): string | number;
  exported(name: string): unknown;
}

/** The value with every intrinsic replaced. @throws RangeError for a function that is unknown here */
export function resolve(value: unknown, stack: string, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.filter((v) => !isNoValue(v)).map((v) => resolve(v, stack, lookup));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return call(first[0], first[1], stack, lookup);
  }
  return Object.fromEntries(entries.filter(([, v]) => !isNoValue(v)).map(([k, v]) => [k, resolve(v, stack, lookup)]));
}

function call(name: string, argument: unknown, stack: string, lookup: Lookup): unknown {
  const list = (): unknown[] => {
    const resolved = resolve(argument, stack, lookup);
    return Array.isArray(resolved) ? resolved : [resolved];
  };
  switch (name) {
    case 'Ref':
      return lookup.ref(stack, String(argument));
    case 'Fn::GetAtt': {
      const [id, ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return lookup.attribute(stack, id ?? '', attribute.join('.'));
    }
    case 'Fn::Join': {
      const [separator, parts] = list();
      return asList(name, parts).map(String).join(String(separator));
    }
    case 'Fn::Split': {
      const [separator, text] = list();
      return String(text).split(String(separator));
    }
    case 'Fn::Select': {
      const [index, parts] = list();
      return asList(name, parts)[Number(index)];
    }
    case 'Fn::Sub':
      return substitute(argument, stack, lookup);
    case 'Fn::ImportValue':
      return lookup.exported(String(list()[0]));
    case 'Fn::GetAZs':
      return ['local-1a', 'local-1b'];
    default:
      throw new RangeError(`intrinsic function ${name} is not known here`);
  }
}

/** `text`, or `[text, variables]`. `${!Literal}` is kept without its mark. */
function substitute(argument: unknown, stack: string, lookup: Lookup): string {
  const [text, given]: unknown[] = Array.isArray(argument) ? argument : [argument];
  const resolved = resolve(given ?? {}, stack, lookup);
  const variables = new Map(Object.entries(typeof resolved === 'object' && resolved !== null ? resolved : {}));
  return String(text).replaceAll(/\$\{(!?)([\w:.]+)\}/g, (_all, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (variables.has(name)) return String(variables.get(name));
    const [id = '', ...attribute] = name.split('.');
    return String(attribute.length === 0 ? lookup.ref(stack, name) : lookup.attribute(stack, id, attribute.join('.')));
  });
}

function asList(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`${name} was given ${JSON.stringify(value)} where a list is needed`);
}

function isNoValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'Ref' in value && value.Ref === 'AWS::NoValue';
}
