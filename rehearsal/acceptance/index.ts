/** The account of an acceptance on this machine: the local cloud, the services of its templates, and their load balancer. */
export { LocalAcceptance } from './local-acceptance.ts';
