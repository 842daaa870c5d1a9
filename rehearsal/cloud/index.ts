/** The local cloud: AWS as the synthesised templates describe it, with AWS's wire protocols. */

export { type LocalCloud, startCloud } from './cloud.ts';
export type { CloudEvent } from './cloud-event.ts';
export { cutoverMachineOf, machineDefinitionOf, ofType } from './from-template.ts';
export { MAX_PAYLOAD, UNCATCHABLE } from './states/index.ts';
