/**
 * The page about the plan: every field with its type, default, range and meaning; and the same as a JSON Schema, for
 * editors.
 */
import { planSchema } from '../../core/model/index.ts';
import { describedSchema, docsOf, fieldSections, schemaFile } from './json-schema.ts';
import { type Page, page } from './page.ts';

const docs = () => docsOf(['core/model/plan.ts', 'core/model/plan-metrics.ts'], 'acceptedPlanSchema');
const schema = () => describedSchema(planSchema, docs());

export function planPage(): Page {
  return page(
    'docs/reference/plan.md',
    'The plan',
    'A plan is a JSON object. Every field has a default, so `{}` is a valid plan; unknown keys are refused. Durations are ISO-8601 with weeks, days, hours, minutes and seconds, such as `PT90M` or `P2D`. `crossfade plan FILE` checks a plan without AWS; a file that is called `.yaml` or `.yml` is read as YAML.',
    `[plan.schema.json](plan.schema.json) holds the same as a JSON Schema (\`crossfade/plan.schema.json\` in the package): put \`"$schema"\` into your editor's settings, not into the plan.`,
    ...fieldSections(schema(), docs()),
    RULES,
  );
}

const RULES = `## Rules between fields

- \`stages[].percent\` rises from stage to stage, in steps of at least 0.1, and the last stage is 100.
- \`stages[].bake\` is at least \`gate.observe\`.
- \`gate.errorMargin\` is below \`gate.maxErrorRate\`.
- A \`metrics[]\` of kind \`count\` has either \`margin\` or \`relativeMargin\`, one of kind \`value\` either \`tolerance\` or
  \`relativeTolerance\`; names differ; their shares of α sum to at most 0.5.
- The whole plan stays within the history limit of Step Functions; \`crossfade plan\` says how many events it may need.`;

export function planSchemaFile(): Page {
  return schemaFile('docs/reference/plan.schema.json', schema());
}
