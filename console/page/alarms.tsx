/** The alarms that can roll a run back, red ones first. */
import type { AlarmLine } from '../view/index.ts';

const TONES: Readonly<Record<string, string>> = { ALARM: 'bad', OK: 'good' };

export function AlarmList({ alarms }: { readonly alarms: readonly AlarmLine[] }) {
  const sorted = [...alarms].sort((a, b) => Number(b.state === 'ALARM') - Number(a.state === 'ALARM'));
  return (
    <div class="card">
      <h3>Alarms</h3>
      <ul class="alarms">
        {sorted.map(({ name, state, note }) => (
          <li key={name}>
            <span class={`pill ${TONES[state] ?? 'warn'}`}>{state === 'INSUFFICIENT_DATA' ? 'NO DATA' : state}</span>
            <span class="name">{name}</span>
            {note !== '' && <span class="warn"> {note}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
