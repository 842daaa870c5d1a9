/** A gRPC service that can play either side. Its messages are raw bytes. */
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';

export const path = (method: string) => `/shop.Orders/${method}`;
export const bytes = (data: Buffer) => data;
const coded = {
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
};

/** Starts a service whose answers name its side. Its methods answer, fail, echo, stream or never answer. */
export async function orders(side: string): Promise<{ server: Server; port: number }> {
  const server = new Server({ 'grpc.max_receive_message_length': 10_000_000 });
  const unary = (method: string) => ({ path: path(method), requestStream: false, responseStream: false, ...coded });
  const stream = (method: string) => ({ path: path(method), requestStream: true, responseStream: true, ...coded });
  server.addService(
    { Get: unary('Get'), Fail: unary('Fail'), Large: unary('Large'), Never: unary('Never'), Talk: stream('Talk') },
    {
      Get: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
        const trailer = new Metadata();
        trailer.set('x-cost', '7');
        // The mirror's own mark, which no side may send.
        trailer.set('x-shadow', '1');
        trailer.set('x-raw-bin', Buffer.from([0, 255, 10]));
        done(null, Buffer.from(`${side} ${call.request}`), trailer);
      },
      Fail: (_call: unknown, done: sendUnaryData<Buffer>) =>
        done({ code: status.NOT_FOUND, details: `no such order at ${side}: 50 % ü` }),
      Large: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => done(null, call.request),
      Never: () => {},
      Talk: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.on('data', (message: Buffer) => call.write(Buffer.from(`${side} ${message}`)));
        call.on('end', () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { server, port };
}

/** The service's methods, which are POST requests, as a list of requests that the mirror may copy. */
export const ORDERS_ALLOWED = ['Get', 'Fail', 'Large', 'Talk', 'Never']
  .map((method) => `POST ${path(method)}`)
  .join(',');
