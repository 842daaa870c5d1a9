/** Maps by ids that each answer makes: their keys have no partner on the other side. */
import { type JsonDoc, kindOf, type Node } from '../../json/index.ts';
import { otherFormat, prefixOf } from '../model/index.ts';

/** Keys are in front of their values. */
export interface Member {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** Whether each side names all of its members anew, and they are of one kind, as entries of a map are. */
export function areEntries(a: JsonDoc, missing: readonly Member[], b: JsonDoc, added: readonly Member[]): boolean {
  if (missing.length === 0 || added.length === 0) return false;
  const kinds = [...missing.map(({ value }) => kindOf(a, value)), ...added.map(({ value }) => kindOf(b, value))];
  return kinds.every((kind) => kind === kinds[0]);
}

/** The first name of either side, if the candidate's is another kind of id than all of stable's. */
export function otherIds(missing: readonly Member[], added: readonly Member[]): readonly [Member, Member] | null {
  const [first] = missing;
  const other = added.find(({ name }) => missing.every((ours) => isOtherId(ours.name, name)));
  return first === undefined || other === undefined ? null : [first, other];
}

function isOtherId(a: string, b: string): boolean {
  const [x, y] = [prefixOf(a), prefixOf(b)];
  return otherFormat(a, b) !== null || (x !== y && x !== '' && y !== '');
}
