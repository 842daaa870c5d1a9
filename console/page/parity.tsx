/** Open parity findings. */
import type { ParityList } from '../view/index.ts';

export function ParityTodo({ parity }: { readonly parity: ParityList }) {
  const { tone, sentence, todo } = parity;
  return (
    <div class="card">
      <h3>Parity: to do</h3>
      <p class={tone}>{sentence}</p>
      {todo.length > 0 && (
        <ul class="todo">
          {todo.map(({ what, advice }) => (
            <li key={what}>
              {what}
              {advice !== '' && <div class="quiet">{advice}</div>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
