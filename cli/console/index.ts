/** The command that serves the page over a live ingress. */
export { consoleCommand } from './console.ts';
