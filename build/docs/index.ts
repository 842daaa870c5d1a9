/** Pages that are generated from code. */
import type { Assembly } from '../../rehearsal/cloud/template/index.ts';
import { actionsPage } from './actions.ts';
import { alarmsPage } from './alarms.ts';
import { architecturePage } from './architecture.ts';
import { boundsPage, campaignPage, campaignSchemaFile } from './campaign.ts';
import { capturesPage } from './captures.ts';
import { causesPage } from './causes.ts';
import { commandsPage } from './commands.ts';
import { costPage } from './cost.ts';
import { errorsPage } from './errors.ts';
import type { Page } from './page.ts';
import { planPage, planSchemaFile } from './plan.ts';
import { runbookPage } from './runbook.ts';
import { statusEventSchemaFile, statusEventsPage } from './status-events.ts';

export { describedSchema, docsOf } from './json-schema.ts';

/**
 * Every generated file with its full text. The same code gives the same text on every machine.
 * @param assembly the synthesised reference application
 */
export function generatedPages(assembly: Assembly): Page[] {
  return [
    planPage(),
    planSchemaFile(),
    campaignPage(),
    campaignSchemaFile(),
    boundsPage(),
    commandsPage(),
    causesPage(),
    errorsPage(),
    actionsPage(),
    alarmsPage(assembly),
    capturesPage(),
    statusEventsPage(),
    statusEventSchemaFile(),
    costPage(),
    runbookPage(),
    architecturePage(),
  ];
}
