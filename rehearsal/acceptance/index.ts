/**
 * The account of an acceptance on this machine: the local cloud, the services of the templates, and their load
 * balancer.
 */
export { LocalAcceptance } from './local-acceptance.ts';
