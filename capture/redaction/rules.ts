/** What a service declares as secret, in addition to the built-in list of names. */
import type { PersonalRule } from './search/index.ts';

export interface RedactionRules {
  /** Key of the hashes; the same for all tasks throughout a cutover. */
  readonly key: string;
  /** Names of additional header fields, in any case. */
  readonly fields: readonly string[];
  /** Names of additional parameters, JSON keys and XML elements. */
  readonly parameters: readonly string[];
  /** JSON pointers with `*` for one segment and `**` for any number, such as `/user/*` and `/**` + `/email`. */
  readonly pointers: readonly string[];
  /** Personal data that stays readable. @default none */
  readonly keep?: readonly PersonalRule[];
}
