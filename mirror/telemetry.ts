/**
 * Creates one span for each request through the mirror and sends it by OTLP/HTTP. The spans of both sides are its
 * children.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TraceContext } from './message/index.ts';

export interface MirrorSpan {
  /** The same trace, with the mirror's span as the parent of what follows. */
  readonly context: TraceContext;
  /** @param at milliseconds since the epoch @default now */
  end(status: number | null, at?: number): void;
}

export interface Telemetry {
  /** @param at milliseconds since the epoch @default now */
  request(from: TraceContext, method: string, route: string, primary: string, at?: number): MirrorSpan;
  /** Sends the remaining spans. */
  flush(): Promise<void>;
}

/**
 * Reads the endpoint and the service name from OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME. If the queue is full,
 * spans are dropped.
 */
export function telemetry(): Telemetry {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'crossfade-mirror' }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('crossfade-mirror');
  return {
    request(from, method, route, primary, at) {
      const { traceId, spanId, flags } = from;
      const parent = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: Number.parseInt(flags, 16),
        isRemote: true,
      });
      const span = tracer.startSpan(
        `${method} ${route}`,
        {
          kind: SpanKind.SERVER,
          ...(at === undefined ? {} : { startTime: at }),
          attributes: { 'http.request.method': method, 'http.route': route, 'crossfade.primary': primary },
        },
        parent,
      );
      return {
        context: { traceId, spanId: span.spanContext().spanId, flags },
        end(status, endedAt) {
          if (status !== null) span.setAttribute('http.response.status_code', status);
          if (status === null || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(endedAt);
        },
      };
    },
    flush: () => provider.forceFlush(),
  };
}
