/** The page about the errors, by their codes. */
import { ERRORS } from '../../core/model/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, page } from './page.ts';

export function errorsPage(): Page {
  return page(
    'docs/reference/errors.md',
    'Errors',
    'An error of a cutover carries a stable name. Step Functions shows it as the error of a task or an execution, and the decision log keeps it. Its message says what happened, what state traffic is in, and what to do next.',
    'The state machine retries `Crossfade.Transient` and the errors of the Lambda service itself; every other error of a task starts the rollback.',
    markdownTable(
      ['error', 'meaning', 'traffic', 'what to do'],
      Object.entries(ERRORS).map(([name, { meaning, traffic, next }]) => [markdownCode(name), meaning, traffic, next]),
    ),
  );
}
