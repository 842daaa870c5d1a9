/** Requests out of lines of text: curl commands, access logs, lists of URLs. */

export { FORM_DATA_TYPE, formData } from './form-data.ts';
export { type LineRequest, textRequests } from './text-requests.ts';
