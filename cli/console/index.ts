/** The command that serves the page for a live ingress. */
export { consoleCommand } from './console.ts';
