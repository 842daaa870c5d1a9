/** CloudFormation's intrinsic functions, resolved against the local resources of all templates. */

export interface Lookup {
  ref(stack: string, logicalId: string): string | number;
  attribute(stack: string, logicalId: string, name: string): string | number;
  output(stack: string, name: string): unknown;
}

/** The value with every intrinsic replaced. @throws RangeError for a function that is not known here. */
export function resolve(value: unknown, stack: string, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.map((v) => resolve(v, stack, lookup));
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
      return Array.isArray(parts) ? parts.map(String).join(String(separator)) : '';
    }
    case 'Fn::Split': {
      const [separator, text] = list();
      return String(text).split(String(separator));
    }
    case 'Fn::Select': {
      const [index, parts] = list();
      return Array.isArray(parts) ? parts[Number(index)] : undefined;
    }
    case 'Fn::Sub': {
      const [text] = list();
      return String(text).replaceAll(/\$\{([\w:]+)\}/g, (_all, id: string) => String(lookup.ref(stack, id)));
    }
    case 'Fn::GetStackOutput': {
      const fields = new Map(Object.entries(argument ?? {}));
      return lookup.output(String(fields.get('StackName')), String(fields.get('OutputName')));
    }
    case 'Fn::GetAZs':
      return ['local-1a', 'local-1b'];
    default:
      throw new RangeError(`intrinsic function ${name} is not known here`);
  }
}

function isNoValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'Ref' in value && value.Ref === 'AWS::NoValue';
}
