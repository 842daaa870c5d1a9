/** Earlier cutovers. */
import type { PastRun } from '../view/index.ts';

interface Props {
  readonly runs: readonly PastRun[];
  readonly onOpen?: (cutover: string) => void;
}

export function PastRuns({ runs, onOpen }: Props) {
  return (
    <div class="card">
      <h2>Past cutovers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of past cutovers">
        <table>
          <thead>
            <tr>
              <th scope="col">Started</th>
              <th scope="col">Cutover</th>
              <th scope="col">Outcome</th>
              <th scope="col">Why</th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.cutover}>
                <td class="time">{run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}</td>
                <td>
                  {onOpen === undefined ? (
                    run.cutover
                  ) : (
                    <button type="button" class="link" onClick={() => onOpen(run.cutover)}>
                      {run.cutover}
                    </button>
                  )}
                </td>
                <td class={run.tone}>{run.outcome}</td>
                <td>{run.why}</td>
                <td>{run.startedBy}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
