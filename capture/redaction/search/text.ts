/** Secrets in a text of unknown notation: by name, by shape, in URLs, and behind percent-encoding. */
import { assignments } from './assignments.ts';
import { EncodedText } from './encoded-text.ts';
import { tokensInUrls } from './paths.ts';
import { PERSONAL_RULES, type PersonalRule, SecretNames } from './secret-names.ts';
import { knownShapes } from './secret-values.ts';
import { redacted, type Span } from './span.ts';

/** A URL in a parameter of a URL in a parameter: each is encoded once more. */
const LAYERS = 3;

/** Without any of these a text holds no secret that a search for one would find. */
const CANDIDATE = /[=:@.]|eyJ|[a-z\d]{16}|[_-][\w-]{8}|Bearer|Basic|DPoP|-----BEGIN|\d(?:[ -]?\d){12}/i;

export class TextSearch {
  readonly names: SecretNames;
  readonly personal: ReadonlySet<PersonalRule>;

  constructor(names: SecretNames, personal: Iterable<PersonalRule>) {
    this.names = names;
    this.personal = new Set(personal);
  }

  /** Names in `more` are secret in this text. @param layers of encoding that are looked behind */
  spans(text: string, more?: ReadonlySet<string>, layers = LAYERS): Span[] {
    const encoded = layers > 0 && /%[\da-f]{2}/i.test(text);
    if (!encoded && !CANDIDATE.test(text)) return [];
    const spans = this.#plain(text, more);
    if (!encoded) return spans;
    const decoded = EncodedText.percent(text, false);
    return [...spans, ...decoded.written(this.spans(decoded.text, more, layers - 1))];
  }

  #plain(text: string, more?: ReadonlySet<string>): Span[] {
    return [
      ...assignments(text, this.names, more),
      ...knownShapes(text, this.personal),
      ...tokensInUrls(text, this.names),
    ];
  }
}

/** For texts that are not kept as captures are. */
export const LOGS = new TextSearch(new SecretNames([], [], PERSONAL_RULES), []);

/** A text for a log or a person: what is secret in it is gone, without a hash. */
export function withoutSecrets(text: string): string {
  return redacted(text, LOGS.spans(text), () => '[redacted]').text;
}
