package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// The same figures as in the Node gateway.
const (
	upstreamTimeout = 2 * time.Second
	breakerOpen     = 5 * time.Second
	maxOrderBytes   = 1 << 20
)

var errNotFound = errors.New("order not found")

// upstream fetches orders behind a circuit breaker.
type upstream struct {
	base    string
	client  *http.Client
	breaker *gobreaker.CircuitBreaker[json.RawMessage]
	errors  atomic.Int64
}

func newUpstream(base string) *upstream {
	u := &upstream{base: base, client: &http.Client{Timeout: upstreamTimeout}}
	u.breaker = gobreaker.NewCircuitBreaker[json.RawMessage](gobreaker.Settings{
		Name:    "orders",
		Timeout: breakerOpen,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.Requests >= 5 && float64(c.TotalFailures)/float64(c.Requests) >= 0.6
		},
		// A 404 is an answer, not a failure of the upstream.
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, errNotFound) },
		Interval:     10 * time.Second,
	})
	return u
}

func (u *upstream) order(ctx context.Context, id string, who identity) (json.RawMessage, error) {
	return u.breaker.Execute(func() (json.RawMessage, error) {
		body, err := u.fetch(ctx, id, who)
		if err != nil && !errors.Is(err, errNotFound) {
			u.errors.Add(1)
		}
		return body, err
	})
}

func (u *upstream) fetch(ctx context.Context, id string, who identity) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.base+"/orders/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-Request-Id", who.requestID)
	req.Header.Set("Traceparent", who.traceparent)
	if who.amznTraceID != "" {
		req.Header.Set("X-Amzn-Trace-Id", who.amznTraceID)
	}
	res, err := u.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, errNotFound
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("upstream answered %d", res.StatusCode)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxOrderBytes))
}

// state is 0 closed, 0.5 half-open, 1 open.
func (u *upstream) state() float64 {
	return map[gobreaker.State]float64{gobreaker.StateClosed: 0, gobreaker.StateHalfOpen: 0.5, gobreaker.StateOpen: 1}[u.breaker.State()]
}
