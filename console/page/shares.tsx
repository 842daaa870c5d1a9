/** Which side answers customers at this moment. */
import type { Share } from '../view/index.ts';

export function ShareBar({ shares }: { readonly shares: readonly Share[] }) {
  if (shares.length === 0) return null;
  return (
    <div class="card">
      <h3>Who answers now</h3>
      <div class="bar" aria-hidden="true">
        {shares.map(({ side, percent }) => (
          <span key={side} class={`part ${side}`} style={{ flexGrow: percent }} />
        ))}
      </div>
      <ul class="keys">
        {shares.map(({ side, label, percent }) => (
          <li key={side}>
            <span class={`swatch ${side}`} aria-hidden="true" />
            {label} <b>{percent} %</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
