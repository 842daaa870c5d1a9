/** What the gateway serves: fixed data, the same in both gateways. */
export interface Item {
  readonly id: string;
  readonly name: string;
  readonly priceCents: number;
  readonly tags: readonly string[];
}

export const ITEMS: readonly Item[] = [
  { id: '1', name: 'Anvil', priceCents: 4999, tags: ['iron', 'heavy'] },
  { id: '2', name: 'Feather', priceCents: 25, tags: [] },
  { id: '3', name: 'Rope & Pulley', priceCents: 1850, tags: ['climbing'] },
];
