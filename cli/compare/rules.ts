/**
 * `crossfade rules`: the owner's decisions about differences: stored for all captures of an ingress from then on,
 * shown, or suggested.
 */
import { Command } from 'commander';
import { expiredRules, type RuleSet } from '../../parity/rules/index.ts';
import { type DeployedOptions, deployed, withDeployed } from '../run/index.ts';
import {
  attempt,
  attemptSending,
  byOption,
  NOTHING_CHANGED,
  plain,
  plainJson,
  quantity,
  readRules,
  say,
  type Terminal,
} from '../shared/index.ts';
import { suggestCommand } from './rules-suggest.ts';

export function rulesCommand(terminal: Terminal): Command {
  return new Command('rules')
    .description('manage the rules for differences of one ingress (docs/reference/parity.md)')
    .addCommand(putCommand(terminal))
    .addCommand(showCommand(terminal))
    .addCommand(suggestCommand(terminal));
}

function putCommand(terminal: Terminal): Command {
  return withDeployed(new Command('put'))
    .description(
      'replace the rules; takes effect within two minutes; existing captures are re-evaluated by the backfill only',
    )
    .argument('<file>', 'JSON: {"v": 1, "rules": [...]}')
    .addOption(byOption('who decides (recorded with the rules)'))
    .action(async (file: string, options: DeployedOptions & { readonly by: string }) => {
      const set = readRules(file, 'file');
      const at = new Date();
      const next = 'read `crossfade rules show`, then put them again.';
      const lost = { state: 'The stored rules are as they were, unless the write arrived.', next };
      const { effectiveRules, ingressId } = await attemptSending(
        { unsent: { ...NOTHING_CHANGED, next }, lost },
        async (sending) => {
          const found = await stored(options);
          sending();
          await found.rules.put({ set, by: options.by, at: at.toISOString() });
          return found;
        },
      );
      say(
        terminal.out,
        `Stored: ${quantity(set.rules.length, 'rule')}, version ${effectiveRules(set, at).version}.${tellExpired(set, at)}`,
      );
      say(
        terminal.out,
        'The tally of a running cutover starts again under these rules; captures compared under other rules no longer count.',
      );
      say(
        terminal.out,
        `To count stored captures under these rules, start the state machine ${ingressId}-parity-backfill (docs/reference/parity.md, "Backfill").`,
      );
    });
}

function showCommand(terminal: Terminal): Command {
  return withDeployed(new Command('show'))
    .description('print the stored rules as JSON; who stored them, when, and which have expired go to stderr')
    .action(async (options: DeployedOptions) => {
      const { found, effectiveRules, ingressId } = await attempt(
        () => NOTHING_CHANGED,
        async () => {
          const { rules, ...rest } = await stored(options);
          return { ...rest, found: await rules.stored() };
        },
      );
      if (found === null) {
        say(terminal.err, `No rules are stored for ${ingressId}; the severities of the catalogue apply.`);
        return;
      }
      const now = new Date();
      const { version } = effectiveRules(found.set, now);
      say(
        terminal.err,
        `Version ${version}, stored by ${plain(found.by)} at ${found.at}.${tellExpired(found.set, now)}`,
      );
      say(terminal.out, plainJson(found.set, 2));
    });
}

async function stored(options: DeployedOptions) {
  const { ingressId, ledgerTable: table } = await deployed(options);
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { CLIENT_OPTIONS, systemClock: clock } = await import('../../lambdas/aws/calls/index.ts');
  const { dynamoParityRules, effectiveRules } = await import('../../lambdas/aws/dynamo/index.ts');
  const rules = dynamoParityRules(new DynamoDBClient(CLIENT_OPTIONS), { table, ingressId, clock });
  return { rules, effectiveRules, ingressId };
}

function tellExpired(set: RuleSet, now: Date): string {
  const ids = expiredRules(set, now).map((rule) => rule.id);
  return ids.length === 0 ? '' : ` Expired and without effect: ${ids.join(', ')}.`;
}
