/** Reads an account for the doctor, without calls that change anything. */
export { type AccountCaller, lookAtCaller, lookAtQuotas } from './account.ts';
export { type Clients, clients } from './clients.ts';
export { type Fetch, lookAtDeployed } from './deployment-facts.ts';
export { lookAtGroup } from './groups.ts';
export { lookAtBalancer, lookAtListener } from './listeners.ts';
export { lookAtService } from './services.ts';
