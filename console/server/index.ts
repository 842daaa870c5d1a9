/** The console's server: a page for whoever opened its link, on 127.0.0.1 alone. */
export { type ConsoleSource, startConsole } from './server.ts';
