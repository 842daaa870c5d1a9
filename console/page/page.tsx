/** Shows a whole view: the same component for the live console and the frozen file. */
import type { ActionOffer, PageView, RunView } from '../view/index.ts';
import { Actions } from './actions.tsx';
import { AlarmList } from './alarms.tsx';
import { Chart } from './chart.tsx';
import { DecisionTable } from './decisions.tsx';
import { Gauges } from './gauges.tsx';
import { PastRuns } from './history.tsx';
import { ParityTodo } from './parity.tsx';
import { Phases } from './phases.tsx';
import { ShareBar } from './shares.tsx';
import { Signoff } from './signoff.tsx';

interface Props {
  readonly view: PageView;
  readonly onAction?: (cutover: string, offer: ActionOffer) => void;
  readonly onOpen?: (cutover: string) => void;
}

export function ConsolePage({ view, onAction, onOpen }: Props) {
  const { title, runs, history, gaps, caller, mode } = view;
  return (
    <>
      <header class="top">
        <h1>{title}</h1>
        {mode === 'live' && (
          <p class="quiet">{caller === null ? 'Nobody is signed in to AWS here' : `You act as ${caller}`}</p>
        )}
        {runs.length > 1 && (
          <nav aria-label="Runs">
            {runs.map((run) => (
              <a key={run.cutover} href={`#${run.cutover}`}>
                {run.title}
              </a>
            ))}
          </nav>
        )}
      </header>
      <main>
        {gaps.map((gap) => (
          <p key={gap} class="note warn">
            {gap}
          </p>
        ))}
        {runs.length === 0 && <p class="note">No cutover has run on this ingress.</p>}
        {runs.map((run) => (
          <Run key={run.cutover} run={run} {...(onAction === undefined ? {} : { onAction })} />
        ))}
        {history.length > 0 && <PastRuns runs={history} {...(onOpen === undefined ? {} : { onOpen })} />}
      </main>
    </>
  );
}

function Run({ run, onAction }: { readonly run: RunView; readonly onAction?: Props['onAction'] }) {
  const { headline, signoff, parity, alarms, actions } = run;
  const act = onAction === undefined ? undefined : (offer: ActionOffer) => onAction(run.cutover, offer);
  return (
    <section class="run" id={run.cutover} aria-label={run.title}>
      <h2>{run.title}</h2>
      <p class={`headline ${headline.tone}`} role="status">
        {headline.sentence}
      </p>
      <Phases run={run} />
      <div class="columns">
        <div class="side">
          {signoff !== null && <Signoff signoff={signoff} />}
          {act !== undefined && actions.length > 0 && <Actions offers={actions} onAction={act} />}
          <ShareBar shares={run.shares} />
          <Gauges gauges={run.gauges} evaluation={run.evaluation} />
          {parity !== null && <ParityTodo parity={parity} />}
          {alarms.length > 0 && <AlarmList alarms={alarms} />}
          <Facts facts={run.facts} />
        </div>
        <div class="charts">
          {run.charts.map((chart) => (
            <Chart key={chart.id} chart={chart} run={run} />
          ))}
        </div>
      </div>
      <DecisionTable run={run} />
    </section>
  );
}

function Facts({ facts }: Pick<RunView, 'facts'>) {
  return (
    <div class="card">
      <h3>Facts</h3>
      <dl>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
