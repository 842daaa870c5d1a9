/** Pairs of JSON bodies: lists of items, as Node writes them and as Go does. */

export interface Pair {
  readonly stable: string;
  readonly candidate: string;
}

export const CASES = ['identical', 'same meaning', 'one change', 'one insertion'] as const;
export type Case = (typeof CASES)[number];

type Item = Record<string, unknown>;

function itemOf(n: number): Item {
  return {
    id: 1000 + n,
    name: `Item <${n}> & more`,
    sku: `SKU-${(n * 7919) % 100_003}`,
    price: { amount: (n % 997) + 0.25, currency: 'EUR' },
    tags: ['red', 'large', `t${n % 13}`],
    stock: n % 3 === 0 ? null : (n * 31) % 500,
    active: n % 2 === 0,
    updatedAt: new Date(1_700_000_000_000 + n * 61_000).toISOString(),
  };
}

/** Items of about this many bytes. */
function itemsOf(bytes: number): Item[] {
  const items: Item[] = [];
  for (let size = 0; size < bytes; ) {
    const item = itemOf(items.length);
    size += JSON.stringify(item).length + 1;
    items.push(item);
  }
  return items;
}

/** As encoding/json writes a map: keys in order, <, > and & escaped, a newline at the end. */
function asGo(items: readonly Item[]): string {
  const sorted = (_: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const escaped = JSON.stringify({ items }, sorted).replaceAll(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  return `${escaped}\n`;
}

export function pairOf(kind: Case, bytes: number): Pair {
  return kind === 'one insertion' ? insertion() : flat(pairOfItems(kind, itemsOf(bytes)));
}

function pairOfItems(kind: Case, items: Item[]): Pair {
  const stable = JSON.stringify({ items });
  if (kind === 'same meaning') return { stable, candidate: asGo(items) };
  if (kind === 'identical') return { stable, candidate: stable };
  const middle = items.length >> 1;
  return { stable, candidate: JSON.stringify({ items: items.with(middle, { ...items[middle], stock: 9999 }) }) };
}

function insertion(): Pair {
  const items = Array.from({ length: 500 }, (_, n) => itemOf(n));
  return flat({ stable: JSON.stringify({ items }), candidate: JSON.stringify({ items: [itemOf(9999), ...items] }) });
}

/** As they come out of a captured line: each is its own string in V8's own heap. */
function flat({ stable, candidate }: Pair): Pair {
  return JSON.parse(JSON.stringify({ stable, candidate }));
}
