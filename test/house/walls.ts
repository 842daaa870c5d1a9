/** Reads the sources and reports where they break the table of rooms. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import {
  MOST_FILES,
  MOST_LINES,
  PACKAGES_OF_ALL,
  ROOMS,
  ROOMS_OF_ALL,
  type Room,
} from '../../build/docs/rooms/index.ts';
import { IMPURE_GLOBALS, IMPURE_MEMBERS, PURE_MEMBERS } from '../../build/docs/rooms/purity.ts';

export interface Source {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

interface Parsed {
  readonly file: string;
  readonly room: string;
  /** What the file imports: our files by their path, everything else by its name. */
  readonly imports: readonly string[];
  /** Names that the file exports itself, without re-exports. */
  readonly exports: readonly string[];
  readonly globals: readonly string[];
  readonly lines: number;
  /** Whether the file begins with a comment that says what it is for. */
  readonly titled: boolean;
}

const FACE = 'index.ts';
/** Matches one of our files, as opposed to a package. */
const OURS = /(\.tsx?|\/style\.css)$/;
/** Stands for a module name that is known only at run time. */
const COMPUTED = 'a module by a computed name';

export function readSource(root: string, file: string): Source {
  return { file, text: readFileSync(join(root, file), 'utf8') };
}

/** Returns every breach as one sentence. */
export function breaches(sources: readonly Source[]): string[] {
  const parsed = sources.map(parsedOnce);
  const faces = new Set(sources.filter(({ file }) => file.endsWith(`/${FACE}`)).map(({ file }) => dirname(file)));
  return [
    ...parsed.flatMap((one) => importBreaches(one, faces)),
    ...parsed.flatMap(globalBreaches),
    ...circles(new Map(parsed.map((p) => [p.file, p.imports]))).map(
      (circle) => `files in a circle: ${circle.join(', ')}`,
    ),
    ...circles(roomGraph(parsed)).map((circle) => `rooms in a circle: ${circle.join(', ')}`),
    ...sizeBreaches(parsed),
    ...parsed.flatMap(lengthBreaches),
    ...parsed.flatMap(({ file, titled }) =>
      titled || !file.endsWith(`/${FACE}`) ? [] : [`${file} says in no sentence what its room is for`],
    ),
    ...Object.entries(ROOMS).flatMap(([room, { purpose }]) =>
      (purpose === undefined) === faces.has(room)
        ? []
        : [`the purpose of ${room} does not stand once: at its face, or in the table`],
    ),
    ...parsed
      .filter(({ file }) => NO_NOUNS.has(basename(file, '.ts')))
      .map(({ file }) => `${file} is named by no noun`),
    ...nameBreaches(parsed),
  ];
}

/** Caches parse results: a test that adds one file to hundreds need not parse the others again. */
const parses = new WeakMap<Source, Parsed>();

function parsedOnce(source: Source): Parsed {
  const parsed = parses.get(source) ?? parse(source);
  parses.set(source, parsed);
  return parsed;
}

function parse({ file, text }: Source): Parsed {
  const { program, module, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${file}: ${errors[0].message}`);
  const asked = [
    ...module.staticImports.map((i) => i.moduleRequest.value),
    ...module.staticExports.flatMap((e) => e.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports.map(
      (i) => /^(['"`])([^$]+)\1$/.exec(text.slice(i.moduleRequest.start, i.moduleRequest.end))?.[2] ?? COMPUTED,
    ),
    ...importTypesOf(program),
  ];
  const imports = asked.map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name));
  const exports = module.staticExports.flatMap((e) =>
    e.entries.flatMap((entry) => (entry.moduleRequest === null ? (entry.exportName.name ?? []) : [])),
  );
  return {
    file,
    room: dirname(file),
    imports: [...new Set(imports)],
    exports,
    globals: globalsOf(program),
    lines: text.trimEnd().split('\n').length,
    titled: /^(#!.*\n)?\/\*\*/.test(text),
  };
}

function importBreaches({ file, room, imports }: Parsed, faces: ReadonlySet<string>): string[] {
  const rules = ROOMS[room];
  if (rules === undefined) return [`${file} stands in no room of the table`];
  return imports.flatMap((target) => {
    if (!OURS.test(target)) return mayUse(rules, target) ? [] : [`${file} may not import ${target}`];
    const other = dirname(target);
    if (other === room) return [];
    if (!mayImport([...ROOMS_OF_ALL, ...rules.imports], other)) return [`${file} may not import ${other} (${target})`];
    return target.endsWith(`/${FACE}`) || !faces.has(other) || FACELESS.has(target)
      ? []
      : [`${file} imports ${target} past the face of ${other}`];
  });
}

/**
 * The applications that `bin` starts. They are not part of the face of `lib`, because users of the package do not need
 * them.
 */
const FACELESS = new Set([
  'lib/acceptance-application.ts',
  'lib/attached-application.ts',
  'lib/campaign-application.ts',
  'lib/reference-application.ts',
]);

function mayImport(allowed: readonly string[], room: string): boolean {
  return allowed.some((entry) => (entry.endsWith('/*') ? room.startsWith(entry.slice(0, -1)) : entry === room));
}

/** Whether a room may import a package. A room that is not pure may also import any Node module and computed names. */
function mayUse({ packages = [], pure }: Room, name: string): boolean {
  if (name === COMPUTED || isBuiltin(name)) return pure !== true;
  return [...PACKAGES_OF_ALL, ...packages].some((entry) =>
    entry.endsWith('/*') ? name.startsWith(entry.slice(0, -1)) : name === entry || name.startsWith(`${entry}/`),
  );
}

function globalBreaches({ file, room, globals }: Parsed): string[] {
  if (ROOMS[room]?.pure !== true) return [];
  return globals
    .filter((name) => (name.includes('.') ? IMPURE_MEMBERS.has(name) : IMPURE_GLOBALS.has(name)))
    .map((name) => `${file} is pure and uses ${name}`);
}

function roomGraph(parsed: readonly Parsed[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { room, imports } of parsed) {
    const others = imports.filter((i) => OURS.test(i)).map((target) => dirname(target));
    graph.set(room, [...new Set([...(graph.get(room) ?? []), ...others.filter((other) => other !== room)])]);
  }
  return graph;
}

function sizeBreaches(parsed: readonly Parsed[]): string[] {
  const counts = new Map<string, number>();
  for (const { file, room } of parsed) if (!file.endsWith(`/${FACE}`)) counts.set(room, (counts.get(room) ?? 0) + 1);
  return [...counts].flatMap(([room, count]) => {
    const most = ROOMS[room]?.files?.most ?? MOST_FILES;
    return count > most ? [`${room} has ${count} files, more than ${most}`] : [];
  });
}

function lengthBreaches({ file, lines }: Parsed): string[] {
  return lines > MOST_LINES ? [`${file} has ${lines} lines, more than ${MOST_LINES}`] : [];
}

/** Former file names that are adjectives or verb forms, not nouns. */
const NO_NOUNS = new Set(
  'worse alone tilt needed within found looked asked choose decide deployed examine known read rehearsed settle tell'.split(
    ' ',
  ),
);

/** Names that many files may export. Handlers are told apart by their files. */
const SHARED_NAMES = new Set(['handler', 'makeHandler', 'compose']);

function nameBreaches(parsed: readonly Parsed[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { file, exports } of parsed)
    for (const name of exports) if (!SHARED_NAMES.has(name)) owners.set(name, [...(owners.get(name) ?? []), file]);
  return [...owners].flatMap(([name, files]) =>
    files.length > 1 ? [`${name} is exported by ${files.join(' and ')}`] : [],
  );
}

/** Returns the groups of nodes in which each node leads to every other (Tarjan 1972). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== order.get(node)) return;
    const circle = open.splice(open.indexOf(node));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Returns the modules from which a type is written as `import('…').Name`. */
function importTypesOf(program: unknown): string[] {
  const names: string[] = [];
  eachNode(program, ({ type, source }) => {
    if (type === 'TSImportType' && isNode(source) && typeof source.value === 'string') names.push(source.value);
    return true;
  });
  return names;
}

/**
 * Returns the names that a program uses or declares as values, and `Global.member` where it uses a member of a global.
 */
function globalsOf(program: unknown): string[] {
  const used = new Set<string>();
  eachNode(program, (node, parent, key) => {
    // A type does not use a global: a value of type Date may be an argument.
    if (key === 'typeAnnotation') return false;
    if (node.type.startsWith('TS') && !/^TS(As|Satisfies|NonNull|Instantiation)/.test(node.type)) return false;
    if (node.type === 'Identifier' && typeof node.name === 'string' && parent !== null && !isName(parent, key)) {
      const name = usedOf(node.name, parent, key);
      if (name !== undefined) used.add(name);
    }
    return true;
  });
  return [...used];
}

/** Returns the global or member that is used; undefined if the use is pure. */
function usedOf(name: string, parent: Node, key: string): string | undefined {
  const member = key === 'object' ? memberOf(parent) : undefined;
  if (member !== undefined && PURE_MEMBERS.has(`${name}.${member}`)) return undefined;
  // `new Date(instant)` only calculates; without an argument it reads the clock.
  if (name === 'Date' && parent.type === 'NewExpression' && lengthOf(parent.arguments) > 0) return undefined;
  const impure = [...IMPURE_MEMBERS].filter((entry) => entry.startsWith(`${name}.`));
  // Code that takes the whole global, or a member by a computed name, can reach the impure member.
  return impure.find((entry) => member === undefined || entry === `${name}.${member}`) ?? name;
}

/** Returns the name of the accessed member; undefined if it is known only at run time. */
function memberOf({ type, property, computed }: Node): string | undefined {
  if (type !== 'MemberExpression' || !isNode(property)) return undefined;
  const name = computed === true ? property.value : property.name;
  return typeof name === 'string' ? name : undefined;
}

/** @param visit called for each node; returns whether to visit the nodes below it */
function eachNode(program: unknown, visit: (node: Node, parent: Node | null, key: string) => boolean): void {
  const walk = (value: unknown, parent: Node | null, key: string): void => {
    if (Array.isArray(value)) for (const element of value) walk(element, parent, key);
    else if (isNode(value) && visit(value, parent, key))
      for (const [inner, child] of Object.entries(value)) walk(child, value, inner);
  };
  walk(program, null, '');
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Whether an identifier is the name of a member or a key, not of a variable. */
function isName(parent: Node, key: string): boolean {
  if (parent.type === 'MemberExpression') return key === 'property' && parent.computed !== true;
  return key === 'key' && parent.computed !== true;
}
