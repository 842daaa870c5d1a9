/** The actions that an operator can request. */
import type { ActionOffer } from '../view/index.ts';

interface Props {
  readonly offers: readonly ActionOffer[];
  readonly onAction: (offer: ActionOffer) => void;
}

export function Actions({ offers, onAction }: Props) {
  const closed = offers.filter(({ refused }) => refused !== null);
  return (
    <div class="card actions">
      <h3>Actions</h3>
      <div class="buttons">
        {offers
          .filter(({ refused }) => refused === null)
          .map((offer) => (
            <button key={offer.name} type="button" class={offer.tone} onClick={() => onAction(offer)}>
              {offer.label} …
            </button>
          ))}
      </div>
      {closed.length > 0 && (
        <details>
          <summary>{closed.length} not possible now</summary>
          <ul>
            {closed.map(({ name, label, refused }) => (
              <li key={name}>
                <b>{label}</b>: {refused}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
