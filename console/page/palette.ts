/** Colours of the style sheet, for drawing on a canvas. */
import type { ColorName } from '../view/index.ts';

export type Paint = (name: ColorName | 'ink' | 'quiet' | 'grid' | 'page') => string;

/** The colours as currently displayed; they differ between light mode, dark mode and print. */
export function paints(element: Element): Paint {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}
