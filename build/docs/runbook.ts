/** The alarms' sections within the runbook that people write. */
import { EXAMPLE_NAMES, firstAid, SYMPTOMS, type SymptomId, symptomSection } from '../../core/runbook/index.ts';
import { type Page, withPart } from './page.ts';

export function runbookPage(): Page {
  const ids = Object.keys(SYMPTOMS) as SymptomId[];
  const first = withPart('docs/how-to/runbook.md', 'first aid', firstAid(EXAMPLE_NAMES));
  const list = ids.map((id) => `[${id}](#${id})`).join(' · ');
  return withPart(first, 'symptoms', [list, ...ids.map((id) => symptomSection(id, EXAMPLE_NAMES))].join('\n\n'));
}
