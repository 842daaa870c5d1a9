/** What a service says is secret, over and above the list of names. */
import type { PersonalRule } from './search/index.ts';

export interface RedactionRules {
  /** Keys the hashes; the same for all tasks throughout a cutover. */
  readonly key: string;
  /** Further header fields, in any case. */
  readonly fields: readonly string[];
  /** Further names of parameters, JSON keys, XML names. */
  readonly parameters: readonly string[];
  /** JSON pointers with `*` for one segment and `**` for any number, such as `/user/*` and `/**` + `/email`. */
  readonly pointers: readonly string[];
  /** Personal data that may stay readable. @default none */
  readonly keep?: readonly PersonalRule[];
}
