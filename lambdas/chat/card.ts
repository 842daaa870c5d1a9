/** A message as a title, text, facts and links, which every chat can display in its own way. */
import { type ChatMessage, threadOf } from './message.ts';

export interface Card {
  readonly title: string;
  readonly text: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Command lines to copy. */
  readonly commands: readonly string[];
  readonly links: readonly (readonly [label: string, url: string])[];
  readonly severity: 'info' | 'warning' | 'error' | 'critical';
  readonly thread: string | null;
}

const NAMELESS = 'Crossfade';

export function cardOf(message: ChatMessage): Card {
  const thread = threadOf(message);
  switch (message.type) {
    case 'status': {
      const { subject, text, todo, signoff, severity, ingressId, phase, candidatePercent, links } = message.event;
      const facts: Card['facts'] = [
        ['Ingress', ingressId],
        ...(phase === null ? [] : [['Phase', phase] as const]),
        ...(candidatePercent === null ? [] : [['Candidate', `${candidatePercent} %`] as const]),
        ...(signoff === null ? [] : [['Answer by', signoff.expiresAt] as const]),
      ];
      return {
        title: subject === '' ? NAMELESS : subject,
        text: todo === null ? text : `${text}\n\n${todo}`,
        facts,
        commands: signoff === null ? [] : [signoff.approve, signoff.refuse],
        links: [
          ...labelled(signoff === null ? 'Dashboard' : 'Evidence for the sign-off', links.dashboard),
          ...labelled('Runbook', links.runbook),
          ...labelled(signoff === null ? 'Executions' : 'The waiting execution', links.machine),
        ],
        severity,
        thread,
      };
    }
    case 'alarm': {
      const { AlarmName, AlarmDescription, NewStateValue, NewStateReason, StateChangeTime } = message.alarm;
      const red = NewStateValue === 'ALARM';
      return {
        title: `${NewStateValue}: ${AlarmName}`,
        text: [red ? AlarmDescription : null, NewStateReason].filter((text) => text != null).join('\n\n'),
        facts: [['Since', StateChangeTime]],
        commands: [],
        links: [],
        severity: red ? 'error' : 'info',
        thread,
      };
    }
    case 'text':
      return {
        title: message.subject === '' ? NAMELESS : message.subject,
        text: message.text,
        facts: [],
        commands: [],
        links: [],
        severity: 'info',
        thread,
      };
  }
}

function labelled(label: string, url: string | undefined): Card['links'] {
  return url === undefined ? [] : [[label, url]];
}
