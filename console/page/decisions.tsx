/** Every decision and alarm, newest first while the run is still going. */
import { useState } from 'preact/hooks';
import type { RunView } from '../view/index.ts';
import { timeText } from './time-text.ts';

export function DecisionTable({ run }: { readonly run: RunView }) {
  const [evaluations, setEvaluations] = useState(true);
  const shown = run.decisions.filter(({ kind }) => evaluations || kind !== 'evaluation');
  const rows = run.clock === 'utc' ? [...shown].reverse() : shown;
  return (
    <div class="card">
      <h3>Decisions and alarms</h3>
      <label class="choice">
        <input
          type="checkbox"
          checked={evaluations}
          onChange={({ currentTarget }) => setEvaluations(currentTarget.checked)}
        />
        Show the evaluations in between
      </label>
      <div
        class="scroll"
        tabIndex={0}
        role="region"
        aria-label={`${run.title}: table of ${rows.length} decisions and alarms`}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{run.clock === 'utc' ? 'Time (UTC)' : 'Time since start'}</th>
              <th scope="col">Kind</th>
              <th scope="col">Phase</th>
              <th scope="col">By</th>
              <th scope="col">Decision and reason</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.at} ${row.kind} ${row.by} ${row.text}`}>
                <td class="time">{timeText(run, row.at, true)}</td>
                <td class={row.tone}>{row.kind}</td>
                <td>{row.where}</td>
                <td>{row.by}</td>
                <td class="text">{row.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
