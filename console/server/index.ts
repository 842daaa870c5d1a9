/** The console's server, which serves a page on 127.0.0.1 to whoever opened its link. */
export { type ConsoleSource, startConsole } from './server.ts';
