/** The page when a console serves it: exchanges the token in the link for a session, and keeps fetching the view. */
import { useEffect, useState } from 'preact/hooks';
import type { ActionAnswer, ActionOffer, PageView } from '../view/index.ts';
import { Confirmation } from './confirmation.tsx';
import { ConsolePage } from './page.tsx';
import { openSession, type Session } from './session.ts';

const EVERY_MS = 4_000;

type State =
  | { readonly at: 'opening' }
  | { readonly at: 'closed'; readonly why: string }
  | { readonly at: 'open'; readonly session: Session; readonly view: PageView; readonly stale: string | null };

export function LiveConsole() {
  const [state, setState] = useState<State>({ at: 'opening' });
  const [opened, setOpened] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ readonly cutover: string; readonly offer: ActionOffer } | null>(null);
  const [answer, setAnswer] = useState<ActionAnswer | null>(null);
  const [looks, setLooks] = useState(0);
  useEffect(() => following(opened, setState), [opened, looks]);
  if (state.at === 'opening') return <p class="note">Opening …</p>;
  if (state.at === 'closed')
    return (
      <main>
        <h1>Crossfade console</h1>
        <p class="note bad" role="alert">
          {state.why}
        </p>
      </main>
    );
  return (
    <>
      {state.stale !== null && (
        <p class="note bad" role="alert">
          What you see is from {new Date(state.view.at).toISOString().slice(11, 19)}Z: {state.stale}
        </p>
      )}
      {opened !== null && (
        <p class="note">
          You see a cutover of the past.{' '}
          <button type="button" class="link" onClick={() => setOpened(null)}>
            Back to the present one
          </button>
        </p>
      )}
      {answer !== null && (
        <p class={`note ${answer.done ? 'good' : 'bad'}`} role="status">
          {answer.text}{' '}
          <button type="button" class="link" onClick={() => setAnswer(null)}>
            Dismiss
          </button>
        </p>
      )}
      <ConsolePage view={state.view} onOpen={setOpened} onAction={(cutover, offer) => setAsked({ cutover, offer })} />
      {asked !== null && (
        <Confirmation
          cutover={asked.cutover}
          offer={asked.offer}
          onAnswer={async (reason) => {
            if (reason !== null) {
              const { name: action, seen } = asked.offer;
              setAnswer(await state.session.act({ action, cutover: asked.cutover, reason, seen }));
              setLooks(looks + 1);
            }
            setAsked(null);
          }}
        />
      )}
    </>
  );
}

/** Fetches until it is stopped. @returns a function that stops it */
function following(cutover: string | null, show: (next: State | ((before: State) => State)) => void): () => void {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (session: Session): Promise<void> => {
    const answer = await session.view(cutover);
    if (over) return;
    if ('closed' in answer) return show({ at: 'closed', why: answer.closed });
    if ('failed' in answer)
      show((before) =>
        before.at === 'open' ? { ...before, stale: answer.failed } : { at: 'closed', why: answer.failed },
      );
    else show({ at: 'open', session, view: answer.view, stale: null });
    timer = setTimeout(() => void look(session), EVERY_MS);
  };
  void openSession().then((session) => {
    if (over) return;
    if ('closed' in session) show({ at: 'closed', why: session.closed });
    else void look(session);
  });
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
