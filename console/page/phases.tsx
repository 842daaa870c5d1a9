/** The timeline: phases that are done, the present one, and those to come. */
import type { PhaseStep, RunView } from '../view/index.ts';
import { roughText, timeText } from './time-text.ts';

const SAID: Readonly<Record<PhaseStep['state'], string>> = {
  done: 'done',
  now: 'under way',
  next: 'ahead',
  failed: 'ended here',
};
const SIGNS: Readonly<Record<PhaseStep['state'], string>> = { done: '✓', now: '●', next: '○', failed: '↩' };

export function Phases({ run }: { readonly run: RunView }) {
  if (run.phases.length === 0) return null;
  return (
    <ol class="phases" aria-label="Timeline">
      {run.phases.map((step) => (
        <li key={step.name} class={step.state} {...(step.state === 'now' ? { 'aria-current': 'step' as const } : {})}>
          <span class="sign" aria-hidden="true">
            {SIGNS[step.state]}
          </span>
          <span class="name">{step.name}</span>
          <span class="when">
            <span class="unseen">{SAID[step.state]} </span>
            {whenText(run, step)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function whenText(run: RunView, { startedAt, endedAt, dueAt, state }: PhaseStep): string {
  if (startedAt === null) return '';
  const began = timeText(run, startedAt);
  if (endedAt !== null) return `${began} for ${roughText(endedAt - startedAt)}`;
  return state === 'now' && dueAt !== null ? `${began}, bake until ${timeText(run, dueAt)}` : began;
}
