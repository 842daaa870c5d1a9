/** Requests from lines of text: curl commands, access logs, lists of URLs. */

export { basicLogin, loginIn } from './basic-login.ts';
export { FORM_DATA_TYPE, formData } from './form-data.ts';
export { type HttpBlock, isHttpFile, pointerOfPath, readHttpFile } from './http-client.ts';
export { CannotBeSent, type ReadNamed } from './text-request.ts';
export { besides, type LineRequest, type PlainRequest, targetOf, textRequests } from './text-requests.ts';
