/** Alarms as the synthesised reference application has them, and the metrics that handlers and mirror write. */
import * as z from 'zod';
import { PROMETHEUS_METRICS } from '../../core/exposition/index.ts';
import { isSymptom, SYMPTOMS } from '../../core/runbook/index.ts';
import { HANDLER_METRICS } from '../../lambdas/tasks/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { MIRROR_METRICS } from '../../mirror/recorder/index.ts';
import type { Assembly } from '../../rehearsal/cloud/template/index.ts';
import { type Page, page } from './page.ts';

/** A text; of one with references, what stands between them. */
const textSchema = z.union([
  z.string(),
  z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
    .transform(({ 'Fn::Join': [, parts] }) => parts.filter((part) => typeof part === 'string').join('')),
]);

const alarmSchema = z.looseObject({
  AlarmActions: z.array(z.unknown()),
  AlarmDescription: textSchema,
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  DatapointsToAlarm: z.number().optional(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.string(),
  Metrics: z.array(z.looseObject({ Expression: z.string().optional(), Label: z.string().optional() })).optional(),
  MetricName: z.string().optional(),
});
type Alarm = z.infer<typeof alarmSchema>;

interface Row {
  readonly alarm: Alarm;
  /** Without the ingress id; the anchor in the runbook. */
  readonly name: string;
  readonly meaning: string;
  readonly action: string;
}

const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
};

export function alarmsPage(assembly: Assembly): Page {
  const rows = alarmsOf(assembly);
  return page(
    'docs/reference/alarms.md',
    'Alarms and metrics',
    'The name of an alarm in CloudWatch begins with the ingress id, such as `shop-no-traffic`. Thresholds are those of the default plan; `DualStackCutover` derives them from its `plan`. Every period is one minute. The [runbook](../how-to/runbook.md) says what to do for each alarm.',
    `## Alarms\n\n${markdownTable(
      ['alarm', 'action', 'red when', 'datapoints', 'missing data', 'meaning'],
      rows.map(({ alarm, name, meaning, action }) => [
        `[${name}](../how-to/runbook.md#${name})`,
        action,
        `${measured(alarm)} ${OPERATORS[alarm.ComparisonOperator] ?? alarm.ComparisonOperator} ${alarm.Threshold}`,
        `${alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods} of ${alarm.EvaluationPeriods}`,
        alarm.TreatMissingData === 'breaching' ? 'red' : 'not red',
        meaning,
      ]),
    )}`,
    `## Expressions\n\nMetric math of the alarms on several metrics; \`FILL(x, 0)\` takes a missing value for zero.\n\n${markdownTable(
      ['alarm', 'expression'],
      rows.flatMap(({ alarm, name }) =>
        (alarm.Metrics ?? []).flatMap(({ Expression }) =>
          Expression === undefined ? [] : [[name, markdownCode(Expression)]],
        ),
      ),
    )}`,
    `## Metrics of the handlers\n\nNamespace \`Crossfade\`, dimension \`Ingress\`, written as Embedded Metric Format.\n\n${metricTable(HANDLER_METRICS)}`,
    `## Metrics of the mirror\n\nNamespace \`Crossfade\`, dimension \`Ingress\`.\n\n${metricTable(MIRROR_METRICS)}`,
    `## Figures for Prometheus\n\nOf \`crossfade console\` at \`/metrics\` ([see a cutover](../how-to/see-a-cutover.md)), read from the ledger at each scrape; the labels \`ingress\` and \`cutover\` are on all of them.\n\n${markdownTable(
      ['metric', 'type', 'meaning'],
      Object.entries(PROMETHEUS_METRICS).map(([name, { type, help }]) => [markdownCode(name), type, help]),
    )}`,
    '## Metrics of your services\n\n`breaker-open` reads `BreakerOpen` (namespace `Crossfade`, dimensions `Ingress` and `Side`) of the candidate: 1 while its circuit breaker is open. A service without one leaves the alarm without data, which is not red.',
  );
}

function alarmsOf({ resources }: Assembly): Row[] {
  return resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .map(({ properties }) => {
      const alarm = alarmSchema.parse(properties);
      const [text = '', place = ''] = alarm.AlarmDescription.split(' Runbook: ');
      const name = /\(section (.+)\)$/.exec(place)?.[1] ?? '';
      const meaning = isSymptom(name) ? text.replace(` ${SYMPTOMS[name].done}`, '') : text;
      return { alarm, meaning, name, action: actionOf(alarm) };
    });
}

/** By the functions that the alarm calls; people are told by every alarm. */
function actionOf({ AlarmActions }: Alarm): string {
  const called = JSON.stringify(AlarmActions);
  if (called.includes('Functionsrollback')) return 'rolls back';
  return called.includes('Functionsclosemirror') ? 'closes the mirror' : 'notifies only';
}

function measured({ Metrics = [], MetricName }: Alarm): string {
  return Metrics.find((m) => m.Expression !== undefined)?.Label ?? MetricName ?? '';
}

function metricTable(metrics: Readonly<Record<string, string>>): string {
  return markdownTable(
    ['metric', 'meaning'],
    Object.entries(metrics).map(([name, meaning]) => [markdownCode(name), meaning]),
  );
}
