/** Colours of the style sheet, for what is drawn on a canvas. */
import type { ColorName } from '../view/index.ts';

export type Paint = (name: ColorName | 'ink' | 'quiet' | 'grid' | 'page') => string;

/** As the page shows them now: they differ by day, by night and on paper. */
export function paints(element: Element): Paint {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}
