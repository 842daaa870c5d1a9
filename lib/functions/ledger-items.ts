/** Rights on a ledger that several ingresses may share: each ends at its own ingress's items (docs/adr/0052). */

/** Beside the ingress's own partition: its runs' logs and sign-offs, and the tallies of their captures. */
type OfRuns = 'CUTOVER' | 'PARITY';

/**
 * Conditions that leave the items of one ingress (lambdas/aws/dynamo/item.ts), for several may share the table. `ForAllValues` holds for a
 * request that names no partition, too: the second condition refuses it.
 */
export function itemsOf(ingressId: string, ...ofRuns: readonly OfRuns[]): Record<string, Record<string, unknown>> {
  return leadingKeys([`INGRESS#${ingressId}`, ...ofRuns.map((kind) => `${kind}#${ingressId}#*`)]);
}

/** The same of its runs alone: not the lease. */
export function itemsOfRuns(ingressId: string, ...ofRuns: readonly OfRuns[]): Record<string, Record<string, unknown>> {
  return leadingKeys(ofRuns.map((kind) => `${kind}#${ingressId}#*`));
}

function leadingKeys(patterns: readonly string[]) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
