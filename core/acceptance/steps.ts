/** The steps in order. Whatever their outcome, the removal comes last. */
export const ACCEPTANCE_STEPS = ['deploy', 'doctor', 'drill', 'notice', 'fault', 'clean'] as const;
export type AcceptanceStep = (typeof ACCEPTANCE_STEPS)[number];

/** Titles for people, shown when a step begins. */
export const STEP_TITLES: Readonly<Record<AcceptanceStep, string>> = {
  deploy: 'Deploy a load balancer with two tiny services and a cutover between them',
  doctor: 'Ask the doctor',
  drill: 'Trip an alarm with 1 % on the candidate, and let it roll back',
  notice: 'Read the alarm’s message from a queue that is subscribed to the status topic',
  fault: 'Start a cutover, deploy in mid-run, let the candidate fail at 10 %, and see it rolled back',
  clean: 'Run a cutover to its end',
};
