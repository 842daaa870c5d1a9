/** A request's route template: the unit by which parity is signed off. */

/** `templates` such as `/items/{id}`, the first that matches wins; otherwise the first segment of the path stands for all below it. */
export function routeOf(target: string, templates: readonly string[]): string {
  const path = target.split('?')[0] ?? '/';
  const segments = path.split('/');
  const match = templates.find((template) => {
    const parts = template.split('/');
    return parts.length === segments.length && parts.every((part, i) => part.startsWith('{') || part === segments[i]);
  });
  return match ?? (segments.length > 2 ? `/${segments[1]}/*` : path);
}
