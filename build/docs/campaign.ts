/** The campaign: every field, and the JSON Schema; and what campaigns take of the limits that they share. */
import {
  BUCKET_IDS,
  BUCKETS,
  callsOfPlace,
  callsUnderWay,
  campaignSchema,
  mostAtOnce,
  SHARE_FOR_LOOKS,
  secondsToReturn,
  simulateThrottling,
} from '../../core/campaign/index.ts';
import { billOf } from '../../core/cost/index.ts';
import { parsePlan } from '../../core/model/index.ts';
import { markdownTable } from '../../markdown/index.ts';
import { generator } from '../../rehearsal/simulation/scenario/index.ts';
import { describedSchema, docsOf, fieldSections, schemaFile } from './json-schema.ts';
import { type Page, page } from './page.ts';

const docs = () => docsOf(['core/campaign/campaign.ts'], 'campaignSchema');
const schema = () => describedSchema(campaignSchema, docs());

export function campaignPage(): Page {
  return page(
    'docs/reference/campaign.md',
    'The campaign',
    'A campaign is a JSON object, or the same in YAML (`.yaml`, `.yml`); unknown keys are refused. `crossfade plan FILE` checks it without AWS and shows its waves in time. [Run a campaign](../how-to/run-a-campaign.md) has a whole one.',
    '[campaign.schema.json](campaign.schema.json) holds the same as a JSON Schema (`crossfade/campaign.schema.json` in the package).',
    ...fieldSections(schema(), docs()),
    RULES,
  );
}

const RULES = `## Rules between fields

- A service stands in one wave. Two services of one account and region have two ingresses, and no listener rule in common.
- Accounts, plans, waves and services that are named exist. Dependencies have no cycle.
- Windows leave some minute of the week open. A freeze ends after it begins.
- The cutovers of one place have room in the API limits that they share ([bounds of a campaign](campaign-bounds.md)).`;

export function campaignSchemaFile(): Page {
  return schemaFile('docs/reference/campaign.schema.json', schema());
}

/** Services of a row, all of one region of one account. */
const SIZES = [1, 10, 30, 100, 1_000] as const;
const MINUTES = 20;

export function boundsPage(): Page {
  const underWay = callsUnderWay(parsePlan({}));
  const heads = BUCKET_IDS.map((id) => BUCKETS[id].what);
  const whole = (value: number) => String(Math.round(value));
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
  return page(
    'docs/reference/campaign-bounds.md',
    'Bounds of a campaign',
    'AWS limits calls for each account and region. All cutovers of such a place share the limits, with deployments and with whoever else works there. `crossfade plan` counts a campaign against the default limits, and `crossfade campaign start` refuses one that has no room.',
    [
      '## The limits',
      markdownTable(
        ['calls', 'at once', 'a second', 'source'],
        BUCKET_IDS.map((id) => {
          const { what, capacity, perSecond, source } = BUCKETS[id];
          return [what, String(capacity), String(perSecond), source];
        }),
      ),
      `Two rules follow. Evaluations take at most ${100 * SHARE_FOR_LOOKS} % of each limit, so that the other half is free for rollbacks. All cutovers of a place can write their safe weights at once, which limits them to ${mostAtOnce()} cutovers with two listener rules each. A rollback never waits for a read: it reads the listener and both sides in parallel with the fence, and writes the weights even if a read was throttled.`,
    ].join('\n\n'),
    [
      '## Calls a minute, computed',
      'One region of one account, the default plan. All services are under way at once, which a campaign allows only in the rows that keep the rules; a service that is deployed and at rest costs one Describe call a minute, by its watchdog.',
      markdownTable(
        ['under way', ...heads, 'last one waits at least', 'allowed'],
        SIZES.map((n) => {
          const calls = callsOfPlace(underWay, n, 0);
          const fits =
            BUCKET_IDS.every((id) => calls[id] <= BUCKETS[id].perSecond * 60 * SHARE_FOR_LOOKS) && n <= mostAtOnce();
          return [
            String(n),
            ...BUCKET_IDS.map((id) => `${whole(calls[id])} of ${BUCKETS[id].perSecond * 60}`),
            `${secondsToReturn(n)} s`,
            fits ? 'yes' : 'no',
          ];
        }),
      ),
    ].join('\n\n'),
    [
      '## The same, simulated',
      `The simulation runs ${MINUTES} minutes, second by second, against the limits as token buckets. Evaluations and watchdogs run at their own seconds, a refused call is tried three times, and in the tenth minute all cutovers roll back, each by three triggers. A rollback that is refused three times is repeated after a minute.`,
      markdownTable(
        ['under way', ...heads.map((head) => `${head}: refused`), 'last one is safe after'],
        [...SIZES.map((n) => [n, 0] as const), TENTH_OF_A_THOUSAND].map(([n, atRest]) => {
          const { refused, lastSafeAfter } = simulateThrottling({
            atOnce: n,
            atRest,
            returnAt: 600,
            seconds: MINUTES * 60,
            random: generator(n),
          });
          return [
            atRest === 0 ? String(n) : `${n}, and ${atRest} at rest`,
            ...BUCKET_IDS.map((id) => percent(refused[id])),
            lastSafeAfter === null ? `not within ${MINUTES - 10} min` : `${lastSafeAfter} s`,
          ];
        }),
      ),
      `A thousand services are a campaign over many places: the last row is each of ten, with ten of its hundred services under way. ${thousandAtOnce()}`,
    ].join('\n\n'),
    costs(),
  );
}

/** What no rule allows, for as long as it takes. */
function thousandAtOnce(): string {
  const { refused, lastSafeAfter } = simulateThrottling({
    atOnce: 1_000,
    atRest: 0,
    returnAt: 600,
    seconds: 3 * 3_600,
    random: generator(7),
  });
  const safe =
    lastSafeAfter === null ? 'not all were safe' : `the last was safe after ${lastSafeAfter.toLocaleString('en-US')} s`;
  return `A thousand at once in one place, simulated for three hours: ${safe}, and ${Number((100 * refused.modifyRule).toPrecision(3))} % of ModifyRule were refused.`;
}

/** Under way and at rest in each of ten places. */
const TENTH_OF_A_THOUSAND = [10, 90] as const;

/** Requests a second of each service. */
const RPS = 100;

function costs(): string {
  const each = billOf(parsePlan({}), { rps: RPS, safeShare: 0.8, captureBytes: 5_000, mirror: false });
  const usd = (value: number) => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return [
    '## What it costs',
    `By the prices of [the cost of one cutover](cost.md), USD: attached services of ${RPS} requests a second without a mirror of ours, the default plan. A service costs its monthly sum as long as its stack exists, whether or not a campaign runs. The campaign's own machine takes three state transitions for each evaluation (0.76 USD a week at one evaluation a minute), and a function's time.`,
    markdownTable(
      ['services', 'a month', 'all their cutovers'],
      SIZES.map((n) => [n.toLocaleString('en-US'), usd(n * each.usd.month), usd(n * each.usd.cutover)]),
    ),
  ].join('\n\n');
}
