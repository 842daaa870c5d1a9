/**
 * One HTTP endpoint for every service. They are distinguished as in the SDK's protocols: JSON by `X-Amz-Target`, Query
 * by its API version, Lambda's REST by its path. DynamoDB is passed on.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { asError } from '../../../input/index.ts';
import { countingCalls, type Fault, type Intercept } from './faults.ts';
import { CloudError, type JsonOperations, type QueryOperations, toXml } from './protocol.ts';

export type { Intercept } from './faults.ts';

/** A request in the form that services with their own protocols accept. */
export interface RawRequest {
  /** Path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface EndpointOptions {
  /** By the prefix of X-Amz-Target. */
  readonly json: Readonly<Record<string, { readonly service: string; readonly operations: JsonOperations }>>;
  /** By the API version of the Query protocol. */
  readonly query: Readonly<Record<string, { readonly service: string; readonly operations: QueryOperations }>>;
  /** Lambda's REST API. @default unknown here */
  readonly lambda?: (request: RawRequest) => Promise<RawAnswer>;
  /** Requests to DynamoDB. @default unknown here */
  readonly dynamodb?: (request: RawRequest) => Promise<RawAnswer>;
  readonly intercept: Intercept;
  /** Why the key's owner may not make the call; null if it may. @default everybody may do everything */
  readonly refuses?: (accessKeyId: string, service: string, operation: string, fields: Fields) => string | null;
}

/** A JSON body, the parameters of a form, or the names in a path. */
type Fields = Readonly<Record<string, unknown>>;

interface Call {
  readonly service: string;
  readonly operation: string;
  /** The content of the request. @throws CloudError if it is not JSON */
  fields(): Fields;
  run(): Promise<RawAnswer>;
  refuse(error: CloudError): RawAnswer;
}

/** Lambda's REST API, whose operations are distinguished by path. */
const LAMBDA_PATHS: readonly (readonly [RegExp, string])[] = [
  [/^\/2015-03-31\/functions\/[^/]+\/invocations/, 'Invoke'],
  [/^\/2015-03-31\/functions\/[^/]+\/configuration/, 'GetFunctionConfiguration'],
  [/^\/2015-03-31\/functions\/?(\?|$)/, 'ListFunctions'],
  [/^\/2016-08-19\/account-settings/, 'GetAccountSettings'],
];

export function endpoint(options: EndpointOptions): Server {
  const faultOf = countingCalls(options.intercept);
  const server = createServer((req, res) => {
    void read(req).then(
      (request) => answer(options, faultOf, request, res),
      () => res.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function answer(
  options: EndpointOptions,
  faultOf: (service: string, operation: string) => Fault | null,
  request: RawRequest,
  res: ServerResponse,
): Promise<void> {
  // With the real clock's Date, the SDK would assume clock skew relative to simulated time.
  res.sendDate = false;
  const call = route(options, request);
  if (call === null) {
    const asked = request.headers['x-amz-target'] ?? `${request.path} ${request.body.toString('utf8', 0, 80)}`;
    res.writeHead(404).end(`no such service here: ${asked}`);
    return;
  }
  const fault = faultOf(call.service, call.operation);
  // The client's own timeout ends it.
  if (fault === 'hang') return;
  const { status, headers, body } = await outcome(call, fault, () =>
    options.refuses?.(accessKeyOf(request), call.service, call.operation, call.fields()),
  );
  if (fault === 'lose-answer') res.destroy();
  else res.writeHead(status, headers).end(fault === 'garbage' ? '<<<not an answer' : body);
}

async function outcome(call: Call, fault: Fault | null, refusal: () => string | null | undefined): Promise<RawAnswer> {
  try {
    if (fault === 'throttle') throw new CloudError(throttleName(call), 'Rate exceeded');
    if (fault === 'deny')
      throw new CloudError(
        denialName(call),
        `User is not authorized to perform: ${call.service}:${call.operation}`,
        403,
      );
    if (fault === 'fail') throw new CloudError('InternalFailure', 'injected failure', 500);
    const refused = refusal() ?? null;
    if (refused !== null) throw new CloudError(denialName(call), refused, 403);
    return await call.run();
  } catch (error) {
    if (error instanceof CloudError) return call.refuse(error);
    return call.refuse(new CloudError('InternalFailure', asError(error).message, 500));
  }
}

function throttleName({ service }: Call): string {
  if (service === 'elasticloadbalancing' || service === 'sns') return 'Throttling';
  return service === 'lambda' ? 'TooManyRequestsException' : 'ThrottlingException';
}

function denialName({ service }: Call): string {
  if (service === 'sns') return 'AuthorizationError';
  return ['elasticloadbalancing', 'iam', 'sts'].includes(service) ? 'AccessDenied' : 'AccessDeniedException';
}

function route(options: EndpointOptions, request: RawRequest): Call | null {
  const { lambda, dynamodb } = options;
  const target = request.headers['x-amz-target'];
  if (target?.startsWith('DynamoDB_') === true && dynamodb !== undefined) {
    const operation = target.split('.')[1] ?? '';
    return {
      service: 'dynamodb',
      operation,
      fields: () => parseBody(request.body),
      run: () => dynamodb(request),
      refuse: refuseJson('application/x-amz-json-1.0'),
    };
  }
  if (target !== undefined) return jsonCall(options, target, request);
  const [, operation] = LAMBDA_PATHS.find(([path]) => path.test(request.path)) ?? [];
  if (lambda !== undefined && operation !== undefined)
    return {
      service: 'lambda',
      operation,
      fields: () => invokedFunction(request.path),
      run: () => lambda(request),
      refuse: refuseJson('application/json'),
    };
  return queryCall(options, new URLSearchParams(request.body.toString('utf8')), accessKeyOf(request));
}

function jsonCall({ json }: EndpointOptions, target: string, { headers, body }: RawRequest): Call | null {
  const [prefix = '', operation = ''] = target.split('.');
  const found = json[prefix];
  if (found === undefined) return null;
  const contentType = headers['content-type'] ?? 'application/x-amz-json-1.0';
  return {
    service: found.service,
    operation,
    fields: () => parseBody(body),
    async run() {
      const result = await operationOf(found.operations, operation)(parseBody(body));
      return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(result ?? {}) };
    },
    refuse: refuseJson(contentType),
  };
}

/**
 * The key that signed the request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
function accessKeyOf({ headers }: RawRequest): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}

function queryCall({ query }: EndpointOptions, parameters: URLSearchParams, accessKeyId: string): Call | null {
  const found = query[parameters.get('Version') ?? ''];
  const operation = parameters.get('Action') ?? '';
  if (found === undefined) return null;
  const headers = { 'content-type': 'text/xml' };
  return {
    service: found.service,
    operation,
    fields: () => Object.fromEntries(parameters),
    async run() {
      const result = toXml(await operationOf(found.operations, operation)(parameters, accessKeyId));
      const body = `<${operation}Response><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${operation}Response>`;
      return { status: 200, headers, body };
    },
    refuse: ({ name, message, status }) => {
      const type = status >= 500 ? 'Receiver' : 'Sender';
      const body = `<ErrorResponse><Error><Type>${type}</Type><Code>${name}</Code><Message>${toXml(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`;
      return { status, headers, body };
    },
  };
}

function refuseJson(contentType: string): Call['refuse'] {
  return ({ name, message, status }) => ({
    status,
    headers: { 'content-type': contentType, 'x-amzn-errortype': name },
    body: JSON.stringify({ __type: name, message }),
  });
}

/** `/2015-03-31/functions/<name>/invocations?Qualifier=<version or alias>` */
function invokedFunction(path: string): Fields {
  const { pathname, searchParams } = new URL(path, 'http://local');
  return {
    functionName: decodeURIComponent(pathname.split('/')[3] ?? ''),
    qualifier: searchParams.get('Qualifier') ?? undefined,
  };
}

function parseBody(body: Buffer): Record<string, unknown> {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new CloudError('SerializationException', 'the body is not JSON');
  }
}

function operationOf<T>(operations: Readonly<Record<string, T>>, name: string): T {
  const operation = operations[name];
  if (operation === undefined) throw new CloudError('UnknownOperationException', `${name} is not known here`);
  return operation;
}

async function read(req: IncomingMessage): Promise<RawRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : (v ?? '')]),
  );
  const sent = Buffer.concat(chunks);
  // The SDK compresses what is long in some calls, such as PutMetricData.
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  return { path: req.url ?? '/', headers, body };
}
