/**
 * Records one server span for each request and sends it by OTLP/HTTP if OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { RequestIdentity } from './trace.ts';

export interface RequestSpan {
  readonly spanId: string;
  end(route: string, status: number): void;
}

export interface Telemetry {
  request(identity: RequestIdentity, method: string, path: string): RequestSpan;
  /** Sends the spans that have not been sent yet. */
  flush(): Promise<void>;
}

export function telemetry(side: string): Telemetry {
  const serviceName = process.env.OTEL_SERVICE_NAME ?? 'gateway-node';
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'crossfade.side': side }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('gateway-node');
  return {
    request(identity, method, path) {
      const { traceId, parentId, requestId } = identity;
      // Without a caller's span the trace id still comes from the load balancer, so an unrecorded parent span carries
      // it.
      const spanId = parentId ?? traceId.slice(16);
      const parent = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: TraceFlags.SAMPLED,
        isRemote: true,
      });
      const span = tracer.startSpan(
        method,
        {
          kind: SpanKind.SERVER,
          attributes: { 'http.request.method': method, 'url.path': path, 'crossfade.request_id': requestId },
        },
        parent,
      );
      return {
        spanId: span.spanContext().spanId,
        end(route, status) {
          span.updateName(`${method} ${route}`);
          span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    flush: () => provider.forceFlush(),
  };
}
