/**
 * Finds secrets in text of unknown notation: by name, by shape, in URLs, in sentences, and behind percent-encoding and
 * base64.
 */
import { addAll, isCredentials, knownShapes, redacted, type Span } from '../shapes/index.ts';
import { assignments } from './assignments.ts';
import { secretEntries, secretSections, secretsInSql, secretTuples } from './columns.ts';
import { EncodedText, encodedRuns } from './encoded-text.ts';
import { looksLikeMarkup, secretsInMarkup } from './markup.ts';
import { tokensInUrls } from './paths.ts';
import { secretsInProse } from './prose.ts';
import { PERSONAL_RULES, type PersonalRule, SecretNames } from './secret-names.ts';

/** How many layers of encoding are removed: a URL in a parameter of a URL in a parameter is encoded once per level. */
const LAYERS = 3;

/** A text that does not match holds no secret that a search could find. */
const CANDIDATE = /[=:：@.]|eyJ|[ ]\S{4}|[a-z\d]{16}|[_-][\w-]{8}|Bearer|Basic|DPoP|-----BEGIN|\d(?:[ -]?\d){12}/i;

export class TextSearch {
  readonly names: SecretNames;
  readonly personal: ReadonlySet<PersonalRule>;

  constructor(names: SecretNames, personal: Iterable<PersonalRule>) {
    this.names = names;
    this.personal = new Set(personal);
  }

  /** Names in `more` are secret in this text. @param layers how many layers of encoding are removed */
  spans(text: string, more?: ReadonlySet<string>, layers = LAYERS): Span[] {
    const encoded = layers > 0 && /%[\da-f]{2}/i.test(text);
    if (!encoded && !CANDIDATE.test(text)) return [];
    const spans = this.#plain(text, more);
    if (layers > 0) addAll(spans, this.#base64(text, layers - 1));
    if (!encoded) return spans;
    const decoded = EncodedText.percent(text, false);
    return [...spans, ...decoded.written(this.spans(decoded.text, more, layers - 1))];
  }

  #plain(text: string, more?: ReadonlySet<string>): Span[] {
    const spans = assignments(text, this.names, more);
    addAll(spans, knownShapes(text, this.personal));
    addAll(spans, tokensInUrls(text, this.names));
    addAll(spans, secretTuples(text, this.names));
    addAll(spans, secretEntries(text, this.names));
    addAll(spans, secretSections(text, this.names));
    addAll(spans, secretsInSql(text, this.names));
    addAll(spans, secretsInProse(text, this.names));
    return spans;
  }

  /**
   * A run of base64 or hexadecimal digits that contains a secret is removed as a whole, because a part of it cannot be
   * rewritten.
   */
  #base64(text: string, layers: number): Span[] {
    return encodedRuns(text).flatMap(({ start, end, said }) => {
      const found =
        isCredentials(said) ||
        this.spans(said, undefined, layers).length > 0 ||
        (looksLikeMarkup(said) && secretsInMarkup(said, this.names, true).length > 0);
      return found ? [{ start, end, place: 'base64' }] : [];
    });
  }
}

/** For text that is not stored as a capture. */
export const LOGS = new TextSearch(new SecretNames([], [], PERSONAL_RULES), []);

/** Returns a text for a log or a message, with its secrets removed and not hashed. */
export function withoutSecrets(text: string): string {
  return redacted(text, LOGS.spans(text), () => '[redacted]').text;
}
