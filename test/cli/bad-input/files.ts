/** Invalid files, each wrong in one way. A row of the table refers to one as `@name`. */
import { gzipSync } from 'node:zlib';
import { ATTACHMENT } from '../../lib/attachment.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

const rule = {
  kind: 'ignore',
  id: 'at',
  owner: 'shop',
  reason: 'a clock',
  expires: '2999-12-31',
  where: { pointer: '/at' },
};
const rules = (...list: readonly object[]) => JSON.stringify({ v: 1, rules: list });
const stages = (...percents: readonly unknown[]) =>
  JSON.stringify({ stages: percents.map((percent) => ({ percent, bake: 'PT1H' })) });

const metric = {
  name: 'orders',
  kind: 'count',
  numerator: { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders', dimensions: { Side: '{{side}}' } },
  direction: 'lowerIsWorse',
  margin: 0.01,
};
const metrics = (...list: readonly object[]) => JSON.stringify({ metrics: list });

const service = { name: 'cart', ingress: 'cart', account: 'shop', region: 'eu-central-1' };
const second = { ...service, name: 'pay', ingress: 'pay' };
const [one, two] = [
  { name: 'one', services: [service] },
  { name: 'two', services: [second] },
];
const campaign = (changes: object) =>
  JSON.stringify({ name: 'autumn', accounts: { shop: '111122223333' }, waves: [one, two], ...changes });
const listenerRule = (account: string) =>
  `arn:aws:elasticloadbalancing:eu-central-1:${account}:listener-rule/app/shop/1/2/3`;
const window = { name: 'night', from: '18:00', to: '08:00', timeZone: 'Europe/Berlin' };
const recurring = (...list: readonly object[]) => campaign({ pause: { recurring: list } });
const frozen = (changes: object) =>
  campaign({
    pause: {
      freezes: [{ name: 'xmas', from: '2026-12-19T00:00', to: '2027-01-04T00:00', timeZone: 'UTC', ...changes }],
    },
  });

export const FILES: Readonly<Record<string, string | Uint8Array>> = {
  empty: '',
  spaces: ' \n\t\n',
  'half-json': '{"gate":',
  'trailing-comma': '{"gate":{},}',
  'single-quotes': "{'gate':{}}",
  comment: '{} // as it was',
  'two-values': '{} {}',
  'unknown-price': '{"fargateVcpu":0.03}',
  'text-price': '{"mail":"0.03"}',
  number: '7',
  list: '[]',
  null: 'null',
  text: '"a plan"',
  latin1: Buffer.from('{"caf\u00e9":1}', 'latin1'),
  utf16: Buffer.from('\ufeff{}', 'utf16le'),
  'utf16-unmarked': Buffer.from('{}', 'utf16le'),
  gzipped: gzipSync('{}'),
  'deep.yaml': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  'deep.json': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  'no-number': '{"stages":[{"percent":1e999,"bake":"PT1H"}]}',
  binary: Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256),
  bom: '\ufeff{}',
  'twice-gate': '{"gate":{"alpha":0.01},"gate":{"alpha":0.02}}',
  'twice-escaped': '{"gate":{"alpha":0.01,"\\u0061lpha":0.02}}',
  'twice-deep': '{"stages":[{"percent":100,"bake":"PT1H","bake":"PT2H"}]}',
  'unknown-key': '{"stagez":[]}',
  'unknown-deep': '{"gate":{"alfa":0.01}}',
  'escape-key': '{"\\u001b[31mred":1}',
  'bad-duration': '{"stages":[{"percent":100,"bake":"an hour"}]}',
  'number-duration': '{"stages":[{"percent":100,"bake":3600}]}',
  'no-hundred': stages(1, 50),
  'falling-stages': stages(50, 10, 100),
  'zero-stage': stages(0, 100),
  'stage-over': stages(101),
  'text-stage': stages('100'),
  'fraction-alpha': '{"gate":{"alpha":2}}',
  'least-alpha': '{"gate":{"alpha":1e-310}}',
  'least-margin': '{"gate":{"errorMargin":1e-300}}',
  'negative-margin': '{"gate":{"errorMargin":-0.1}}',
  'margin-over-rate': '{"gate":{"errorMargin":0.5,"maxErrorRate":0.1}}',
  'no-stages': '{"stages":[]}',
  'three-approvers': '{"signoff":{"approvers":3}}',
  'no-approver': '{"signoff":{"approvers":0}}',
  'half-approver': '{"signoff":{"approvers":1.5}}',
  'three-overriders': '{"signoff":{"overridePersons":3}}',
  'starter-text': '{"signoff":{"starterMayApprove":"yes"}}',
  'long-history': '{"soak":{"observe":"PT1M"}}',
  'metric-kind': metrics({ ...metric, kind: 'ratio' }),
  'metric-no-kind': metrics({ name: 'orders' }),
  'metric-source': metrics({ ...metric, numerator: { source: 'graphite', query: 'a' } }),
  'metric-no-namespace': metrics({ ...metric, numerator: { source: 'cloudwatch', metric: 'Orders' } }),
  'metric-unknown-key': metrics({ ...metric, tolerance: 1 }),
  'metric-no-margin': metrics({ ...metric, margin: undefined }),
  'metric-two-margins': metrics({ ...metric, relativeMargin: 0.1 }),
  'metric-same-name': metrics(metric, metric),
  'metric-taken-name': metrics({ ...metric, name: 'errors' }),
  'metric-bad-name': metrics({ ...metric, name: 'Orders placed' }),
  'metric-direction': metrics({ ...metric, direction: 'up' }),
  'metric-alpha': metrics({ ...metric, alphaShare: 0.3 }, { ...metric, name: 'carts', alphaShare: 0.3 }),
  'metric-sideless': metrics({ ...metric, denominator: { source: 'cloudwatch', namespace: 'Shop', metric: 'Begun' } }),
  'metric-sideless-math': metrics({
    ...metric,
    numerator: { source: 'math', expression: 'a', using: { a: { namespace: 'Shop', metric: 'Orders' } } },
  }),
  'metric-one-side': metrics({ ...metric, sides: { stable: 'shop', candidate: 'shop' } }),
  'metric-math': metrics({ ...metric, numerator: { source: 'math', expression: 'm1 + m2', using: {} } }),
  'metric-undecidable': metrics({ ...metric, margin: undefined, relativeMargin: 0.01, usualShare: 0.03 }),
  'hook-stage': JSON.stringify({ hooks: [{ name: 'a', when: 'after', provider: 'p', stages: [42] }] }),
  'hook-when': JSON.stringify({ hooks: [{ name: 'a', when: 'during', provider: 'p' }] }),
  'hook-twice': JSON.stringify({ hooks: Array(2).fill({ name: 'a', when: 'after', provider: 'p' }) }),
  'alarm-no-arn': JSON.stringify({ alarms: ['my-alarm'] }),
  'alarm-twice': JSON.stringify({ alarms: Array(2).fill('arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a') }),
  'rules-empty-owner': rules({ ...rule, owner: '' }),
  'rules-no-pointer': rules({ ...rule, where: {} }),
  'rules-kind': rules({ ...rule, kind: 'forget' }),
  'rules-date': rules({ ...rule, expires: 'soon' }),
  'rules-same-id': rules(rule, rule),
  'rules-version': JSON.stringify({ v: 9, rules: [] }),
  'rules-twice': '{"v":1,"rules":[],"rules":[]}',
  'good-rules': rules(rule),
  deployment: JSON.stringify(DEPLOYMENT),
  'half-deployment': JSON.stringify({ ingressId: 'gateway' }),
  'rehearsal-elsewhere': JSON.stringify({
    rehearsal: { endpoint: 'http://example.com:80', region: 'local-1', clock: { real: 0, simulated: 0, speed: 60 } },
    deployment: DEPLOYMENT,
  }),
  'rehearsal-alone': JSON.stringify({
    rehearsal: { endpoint: 'http://127.0.0.1:80', region: 'local-1', clock: { real: 0, simulated: 0, speed: 60 } },
  }),
  'short-arns': JSON.stringify({
    ...DEPLOYMENT,
    rules: DEPLOYMENT.rules.map((given) => ({ ...given, arn: 'rule-1' })),
  }),
  'no-log': 'nothing\n',
  'log-of-others': '{"format":"other/1"}\n',
  'pairs.har': '{"log":{"entries":[]}}',
  'pairs.mitm': 'no flow',
  'pairs.gor': 'GET /a HTTP/1.1\r\n\r\n\n🐵🙈🙉\n',
  'api.yaml': 'openapi: 3.0.0\npaths: [\n',
  'api-2.json': '{"openapi":"2.0","paths":{}}',
  'campaign-unknown-key.json': campaign({ wavez: [] }),
  'campaign-unknown-deep.json': campaign({ waves: [{ ...one, services: [{ ...service, regoin: 'x' }] }] }),
  'campaign-no-waves.json': campaign({ waves: [] }),
  'campaign-empty-wave.json': campaign({ waves: [one, { name: 'two', services: [] }] }),
  'campaign-two-waves.json': campaign({ waves: [one, { name: 'two', services: [service] }] }),
  'campaign-same-wave.json': campaign({ waves: [one, { name: 'one', services: [second] }] }),
  'campaign-one-ingress.json': campaign({ waves: [one, { name: 'two', services: [{ ...second, ingress: 'cart' }] }] }),
  'campaign-one-rule.json': campaign({
    waves: [one, two].map((wave) => ({
      ...wave,
      services: wave.services.map((s) => ({ ...s, rules: [listenerRule('111122223333')] })),
    })),
  }),
  'campaign-foreign-rule.json': campaign({
    waves: [{ ...one, services: [{ ...service, rules: [listenerRule('999988887777')] }] }],
  }),
  'campaign-no-rule.json': campaign({ waves: [{ ...one, services: [{ ...service, rules: ['cart'] }] }] }),
  'campaign-unknown-account.json': campaign({ waves: [{ ...one, services: [{ ...service, account: 'shpo' }] }] }),
  'campaign-account-number.json': campaign({ accounts: { shop: 111122223333 } }),
  'campaign-account-short.json': campaign({ accounts: { shop: '1111' } }),
  'campaign-unknown-plan.json': campaign({ waves: [{ ...one, services: [{ ...service, plan: 'slow' }] }] }),
  'campaign-bad-plan.json': campaign({ plans: { slow: { stages: [{ percent: 50, bake: 'PT1H' }] } } }),
  'campaign-undecidable-plan.json': campaign({ plans: { slow: { soak: { duration: 'P30D', observe: 'PT1M' } } } }),
  'campaign-cycle.json': campaign({ waves: [{ ...one, after: ['two'] }, two] }),
  'campaign-own-cycle.json': campaign({ waves: [{ ...one, services: [{ ...service, after: ['cart'] }] }] }),
  'campaign-late-cycle.json': campaign({ waves: [{ ...one, services: [{ ...service, after: ['pay'] }] }, two] }),
  'campaign-unknown-wave.json': campaign({ waves: [one, { ...two, after: ['zero'] }] }),
  'campaign-unknown-service.json': campaign({ waves: [{ ...one, services: [{ ...service, after: ['zero'] }] }] }),
  'campaign-none-at-once.json': campaign({ blastRadius: { services: 0 } }),
  'campaign-none-in-place.json': campaign({ blastRadius: { perPlace: 0 } }),
  'campaign-part-at-once.json': campaign({ blastRadius: { services: 1.5 } }),
  'campaign-stop-rule.json': campaign({ onFailure: 'ignore' }),
  'campaign-stay-for.json': campaign({ stayFor: 'PT9H' }),
  'campaign-region.json': campaign({ waves: [{ ...one, services: [{ ...service, region: 'Frankfurt' }] }] }),
  'campaign-name.json': campaign({ name: 'Autumn 2026' }),
  'campaign-long-name.json': campaign({ name: 'a'.repeat(31) }),
  'campaign-time.json': recurring({ ...window, from: '25:00' }),
  'campaign-zone.json': recurring({ ...window, timeZone: 'Europe/Atlantis' }),
  'campaign-day.json': recurring({ ...window, days: ['funday'] }),
  'campaign-no-time.json': recurring({ ...window, to: '18:00' }),
  'campaign-never-open.json': recurring(window, { ...window, name: 'day', from: '08:00', to: '18:00' }),
  'campaign-freeze-date.json': frozen({ from: '2026-12-19' }),
  'campaign-freeze-no-day.json': frozen({ to: '2027-02-30T00:00' }),
  'campaign-freeze-backward.json': frozen({ to: '2026-12-18T00:00' }),
  'campaign-too-many.json': campaign({
    blastRadius: { services: 100 },
    waves: [
      {
        name: 'all',
        services: Array.from({ length: 100 }, (_, i) => ({ ...service, name: `s${i}`, ingress: `s${i}` })),
      },
    ],
  }),
  'campaign-too-large.json': campaign({
    accounts: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`a${i}`, String(10 ** 11 + i)])),
    waves: [
      {
        name: 'all',
        services: Array.from({ length: 1_000 }, (_, i) => ({
          ...service,
          name: `a-service-of-many-in-the-shop-${i}`,
          ingress: `s${i}`,
          account: `a${i % 90}`,
          rules: [listenerRule(String(10 ** 11 + (i % 90))).replace(/3$/, String(i))],
        })),
      },
    ],
  }),
  'campaign-list.yaml': 'waves: [',
  'campaign-twice.yaml': 'name: a\nname: b\nwaves: []\n',
  'good-campaign.json': campaign({}),
  'attach-one-group': JSON.stringify({
    ...ATTACHMENT,
    groups: { ...ATTACHMENT.groups, candidate: ATTACHMENT.groups.stable },
  }),
  'attach-two-regions': JSON.stringify({
    ...ATTACHMENT,
    groups: { ...ATTACHMENT.groups, candidate: ATTACHMENT.groups.candidate.replace('eu-west-1', 'us-east-1') },
  }),
};
