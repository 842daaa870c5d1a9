/** Finds secrets in text, by name and by shape. */
export { ContentSearch } from './content.ts';
export { secretParameters } from './form.ts';
export { routeWithoutSecrets, tokensInPath } from './paths.ts';
export { mentionsSecret, PERSONAL_RULES, type PersonalRule, SecretNames } from './secret-names.ts';
export { LOGS, TextSearch, withoutSecrets } from './text.ts';
