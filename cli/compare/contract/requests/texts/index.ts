/** Requests out of lines of text: curl commands, access logs, lists of URLs. */
export { textRequests } from './text-requests.ts';
