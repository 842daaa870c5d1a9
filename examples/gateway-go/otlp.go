package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// One server span for each request, sent as OTLP/HTTP JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). The
// official SDK would be ninety vendored packages for this one span; docs/adr/0009 says when to change over.

const (
	spanQueue    = 2048
	spanBatch    = 512
	spanInterval = 5 * time.Second
)

type attribute struct {
	Key   string         `json:"key"`
	Value map[string]any `json:"value"`
}

type span struct {
	TraceID      string         `json:"traceId"`
	SpanID       string         `json:"spanId"`
	ParentSpanID string         `json:"parentSpanId,omitempty"`
	Name         string         `json:"name"`
	Kind         int            `json:"kind"` // 2 is SERVER
	Start        string         `json:"startTimeUnixNano"`
	End          string         `json:"endTimeUnixNano"`
	Attributes   []attribute    `json:"attributes"`
	Status       map[string]int `json:"status"` // code 2 is ERROR
}

// spans is nil where no collector is named; its methods then do nothing.
type spans struct {
	endpoint string
	resource []attribute
	queue    chan span
	client   *http.Client
	stop     chan chan struct{}
}

func newSpans(side string) *spans {
	base := env("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	if base == "" {
		return nil
	}
	s := &spans{
		endpoint: strings.TrimRight(base, "/") + "/v1/traces",
		resource: []attribute{text("service.name", env("OTEL_SERVICE_NAME", "gateway-go")), text("crossfade.side", side)},
		queue:    make(chan span, spanQueue),
		client:   &http.Client{Timeout: 5 * time.Second},
		stop:     make(chan chan struct{}),
	}
	go s.run()
	return s
}

// request notes one answered request. A full queue drops it: no customer waits for telemetry.
func (s *spans) request(who identity, r *http.Request, route string, status int, start, end time.Time) {
	if s == nil {
		return
	}
	code := 0
	if status >= 500 {
		code = 2
	}
	select {
	case s.queue <- span{
		TraceID: who.traceID, SpanID: who.spanID, ParentSpanID: who.parentID,
		Name: r.Method + " " + route, Kind: 2, Start: nanos(start), End: nanos(end),
		Attributes: []attribute{
			text("http.request.method", r.Method), text("url.path", r.URL.Path), text("http.route", route),
			{"http.response.status_code", map[string]any{"intValue": strconv.Itoa(status)}},
			text("crossfade.request_id", who.requestID),
		},
		Status: map[string]int{"code": code},
	}:
	default:
	}
}

// flush sends what is queued and stops.
func (s *spans) flush() {
	if s == nil {
		return
	}
	done := make(chan struct{})
	s.stop <- done
	<-done
}

func (s *spans) run() {
	tick := time.NewTicker(spanInterval)
	defer tick.Stop()
	var batch []span
	send := func() {
		if len(batch) > 0 {
			s.send(batch)
			batch = nil
		}
	}
	for {
		select {
		case one := <-s.queue:
			if batch = append(batch, one); len(batch) >= spanBatch {
				send()
			}
		case <-tick.C:
			send()
		case done := <-s.stop:
			for len(s.queue) > 0 {
				batch = append(batch, <-s.queue)
			}
			send()
			close(done)
			return
		}
	}
}

func (s *spans) send(batch []span) {
	body, err := json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{
		"resource":   map[string]any{"attributes": s.resource},
		"scopeSpans": []any{map[string]any{"scope": map[string]any{"name": "gateway-go"}, "spans": batch}},
	}}})
	if err != nil {
		return
	}
	res, err := s.client.Post(s.endpoint, "application/json", bytes.NewReader(body))
	if err != nil {
		// The collector is a sidecar that may be gone; customers are not its business.
		os.Stderr.WriteString("otlp: " + err.Error() + "\n")
		return
	}
	res.Body.Close()
}

func text(key, value string) attribute {
	return attribute{key, map[string]any{"stringValue": value}}
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
