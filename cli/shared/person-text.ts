/** What somebody gives as a reason or a comment: kept in the lease and the log, and told to others. */
import { withoutSecrets } from '../../capture/redaction/index.ts';
import { shortened } from '../../input/index.ts';

/** Step Functions takes 32,768 characters of a cause, and an item of the table has to hold what several people say. */
const LONGEST = 2_000;

export function personText(said: string): string {
  return shortened(withoutSecrets(said), LONGEST);
}
