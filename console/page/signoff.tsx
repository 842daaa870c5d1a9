/** The sign-off that is awaited, and the facts on which to decide it. */
import type { PendingSignoff } from '../view/index.ts';

export function Signoff({ signoff }: { readonly signoff: PendingSignoff }) {
  const { kind, expiresAt, evidence, agreed, rules, commands } = signoff;
  return (
    <div class="card waiting">
      <h3>Waiting for the {kind} sign-off</h3>
      <p>
        Until <b>{new Date(expiresAt).toISOString().replace('.000Z', 'Z')}</b>; without an answer the cutover rolls
        back.
      </p>
      <p class="said">{evidence}</p>
      {rules.map((rule) => (
        <p key={rule}>{rule}</p>
      ))}
      {agreed.map((who) => (
        <p key={who}>Approved by {who}; another person must approve too.</p>
      ))}
      <details>
        <summary>From a terminal</summary>
        {commands.map((command) => (
          <pre key={command} tabIndex={0}>
            {command}
          </pre>
        ))}
      </details>
    </div>
  );
}
