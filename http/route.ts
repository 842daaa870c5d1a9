/** A request's route template: the unit by which parity is signed off. */

/** `templates` such as `/items/{id}`, the first that matches wins; otherwise the first segment of the path stands for all below it. */
export function routeOf(target: string, templates: readonly string[]): string {
  const path = pathOf(target);
  const segments = path.split('/');
  const match = templates.find((template) => matches(template, path));
  return match ?? (segments.length > 2 ? `/${segments[1]}/*` : path);
}

/** Whether a path is of a template: as many segments, each the same or a `{parameter}`. */
export function matches(template: string, path: string): boolean {
  const [parts, segments] = [template.split('/'), path.split('/')];
  return parts.length === segments.length && parts.every((part, i) => part.startsWith('{') || part === segments[i]);
}

export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
