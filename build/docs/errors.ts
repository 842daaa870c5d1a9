/** The errors by their codes. */
import { ERRORS } from '../../core/model/index.ts';
import { code, type Page, page, table } from './markdown.ts';

export function errorsPage(): Page {
  return page(
    'docs/reference/errors.md',
    'Errors',
    'An error of a cutover carries a stable name. Step Functions shows it as the error of a task or an execution, and the decision log keeps it. Its message says what happened, what state traffic is in, and what to do next.',
    'The state machine retries `Crossfade.Transient` and the errors of the Lambda service itself; every other error of a task starts the rollback.',
    table(
      ['error', 'meaning', 'traffic', 'what to do'],
      Object.entries(ERRORS).map(([name, { meaning, traffic, next }]) => [code(name), meaning, traffic, next]),
    ),
  );
}
