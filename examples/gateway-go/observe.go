package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"time"
)

type identityKey struct{}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// observed names every request, answers 500 for a panic (as Express does; net/http would close the connection), and logs.
func (g *gateway) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		g.requests.Add(1)
		who, startedAt := identify(r.Header), time.Now()
		w := &statusWriter{ResponseWriter: rw, status: http.StatusOK}
		w.Header().Set("X-Request-Id", who.requestID)
		if g.servedBy != "" {
			w.Header().Set("X-Served-By", g.servedBy)
		}
		defer func() {
			if recovered := recover(); recovered == http.ErrAbortHandler {
				panic(recovered)
			} else if recovered != nil {
				g.log.Error("panic", "requestId", who.requestID, "error", recovered)
				fail(w, http.StatusInternalServerError, "internal error")
			}
			g.spans.request(who, r, g.routeOf(r), w.status, startedAt, time.Now())
			g.log.Info("request", "requestId", who.requestID, "traceId", who.traceID, "method", r.Method,
				"path", r.URL.Path, "status", w.status, "ms", float64(time.Since(startedAt).Microseconds())/1000)
		}()
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, who)))
	})
}

// routeOf is the pattern that serves the request, without its method.
func (g *gateway) routeOf(r *http.Request) string {
	_, pattern := g.api.Handler(r)
	if _, route, ok := strings.Cut(pattern, " "); ok {
		return route
	}
	return r.URL.Path
}

// emitMetrics writes one line of Embedded Metric Format to stdout every interval.
func (g *gateway) emitMetrics(ingress, side string, interval time.Duration) {
	out := json.NewEncoder(os.Stdout)
	for range time.Tick(interval) {
		names := []map[string]string{{"Name": "UpstreamErrors"}, {"Name": "BreakerOpen"}, {"Name": "Requests"}, {"Name": "ItemsAsked"}, {"Name": "ItemsKept"}}
		metrics := map[string]any{"Namespace": "Crossfade", "Dimensions": [][]string{{"Ingress", "Side"}}, "Metrics": names}
		out.Encode(map[string]any{
			"_aws":           map[string]any{"Timestamp": time.Now().UnixMilli(), "CloudWatchMetrics": []any{metrics}},
			"Ingress":        ingress,
			"Side":           side,
			"UpstreamErrors": g.orders.errors.Swap(0),
			"BreakerOpen":    g.orders.state(),
			"Requests":       g.requests.Swap(0),
			"ItemsAsked":     g.itemsAsked.Swap(0),
			"ItemsKept":      g.itemsKept.Swap(0),
		})
	}
}
