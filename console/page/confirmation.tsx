/** Describes what an action will do, asks for a reason, and only then performs it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionOffer } from '../view/index.ts';

interface Props {
  readonly cutover: string;
  readonly offer: ActionOffer;
  /** null: cancelled. */
  readonly onAnswer: (reason: string | null) => void;
}

export function Confirmation({ cutover, offer, onAnswer }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const wanting = offer.reason === 'required' && reason.trim() === '';
  return (
    <dialog ref={dialog} aria-labelledby="confirmation-title" onCancel={() => onAnswer(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wanting || sent) return;
          setSent(true);
          onAnswer(reason);
        }}
      >
        <h2 id="confirmation-title">
          {offer.label}: {cutover}
        </h2>
        {offer.will.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <label>
          Reason{offer.reason === 'required' ? '' : ' (optional)'}
          <input
            type="text"
            maxLength={1000}
            required={offer.reason === 'required'}
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" class={offer.tone} disabled={wanting || sent}>
            {sent ? 'Sending …' : offer.label}
          </button>
          <button type="button" disabled={sent} onClick={() => onAnswer(null)}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
