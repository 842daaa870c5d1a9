/** The one HTTP endpoint of the local cloud: tells services apart as the SDK's protocols do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CloudError, type JsonOperations, type QueryOperations, toXml } from './protocol.ts';

/** What a fault does to one call: refuses it, loses the answer after the effect, or answers something that is none. */
export type Fault = 'throttle' | 'fail' | 'lose-answer' | 'garbage';
/** Asked for every call; null lets it pass. */
export type Intercept = (service: string, operation: string) => Fault | null;

export interface EndpointOptions {
  /** By the prefix of X-Amz-Target. */
  readonly json: Readonly<Record<string, { readonly service: string; readonly operations: JsonOperations }>>;
  /** By the API version of the Query protocol. */
  readonly query: Readonly<Record<string, { readonly service: string; readonly operations: QueryOperations }>>;
  readonly intercept: Intercept;
}

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly run: () => unknown;
  readonly render: (result: unknown) => string;
  readonly renderError: (error: CloudError) => string;
  readonly contentType: string;
}

export function endpoint(options: EndpointOptions): Server {
  const server = createServer((req, res) => {
    void read(req).then((body) => answer(options, req, body, res));
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function answer(
  options: EndpointOptions,
  req: IncomingMessage,
  body: string,
  res: ServerResponse,
): Promise<void> {
  // The real clock's Date would look to the SDK like skew against virtual time.
  res.sendDate = false;
  const call = route(options, req, body);
  if (call === null) {
    res.writeHead(404).end(`no such service here: ${req.headers['x-amz-target'] ?? body.slice(0, 80)}`);
    return;
  }
  const fault = options.intercept(call.service, call.operation);
  try {
    if (fault === 'throttle')
      throw new CloudError(call.contentType.includes('json') ? 'ThrottlingException' : 'Throttling', 'Rate exceeded');
    if (fault === 'fail') throw new CloudError('InternalFailure', 'injected failure', 500);
    const result = await call.run();
    if (fault === 'lose-answer') res.destroy();
    else
      res
        .writeHead(200, { 'content-type': call.contentType })
        .end(fault === 'garbage' ? '<<<not an answer' : call.render(result));
  } catch (error) {
    const failure =
      error instanceof CloudError
        ? error
        : new CloudError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
    res
      .writeHead(failure.status, { 'content-type': call.contentType, 'x-amzn-errortype': failure.name })
      .end(call.renderError(failure));
  }
}

function route(options: EndpointOptions, req: IncomingMessage, body: string): Call | null {
  const target = req.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const found = options.json[prefix];
    if (found === undefined) return null;
    return {
      service: found.service,
      operation,
      run: () => operationOf(found.operations, operation)(JSON.parse(body === '' ? '{}' : body)),
      render: (result) => JSON.stringify(result ?? {}),
      renderError: (e) => JSON.stringify({ __type: e.name, message: e.message }),
      contentType: req.headers['content-type'] ?? 'application/x-amz-json-1.0',
    };
  }
  const parameters = new URLSearchParams(body);
  const found = options.query[parameters.get('Version') ?? ''];
  const operation = parameters.get('Action') ?? '';
  if (found === undefined) return null;
  return {
    service: found.service,
    operation,
    run: () => operationOf(found.operations, operation)(parameters),
    render: (result) =>
      `<${operation}Response><${operation}Result>${toXml(result)}</${operation}Result></${operation}Response>`,
    renderError: (e) =>
      `<ErrorResponse><Error><Type>Sender</Type><Code>${e.name}</Code><Message>${toXml(e.message)}</Message></Error></ErrorResponse>`,
    contentType: 'text/xml',
  };
}

function operationOf<T>(operations: Readonly<Record<string, T>>, name: string): T {
  const operation = operations[name];
  if (operation === undefined) throw new CloudError('UnknownOperationException', `${name} is not known here`);
  return operation;
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
