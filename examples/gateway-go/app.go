package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

const maxBody = 1 << 20

// gateway is the API: items of its own, orders of an upstream, health.
type gateway struct {
	orders   *upstream
	log      *slog.Logger
	servedBy string
	spans    *spans
	api      *http.ServeMux
	requests atomic.Int64
	// What the business counts, whatever the answers say: items asked for, and items kept.
	itemsAsked, itemsKept atomic.Int64
}

func (g *gateway) handler() http.Handler {
	api := http.NewServeMux()
	api.HandleFunc("GET /items", g.listItems)
	api.HandleFunc("GET /items/{id}", g.getItem)
	api.HandleFunc("POST /items", g.createItem)
	api.HandleFunc("GET /orders/{id}", g.getOrder)
	for _, path := range []string{"/items", "/items/{id}", "/orders/{id}"} {
		api.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			fail(w, http.StatusMethodNotAllowed, "method not allowed")
		})
	}
	api.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fail(w, http.StatusNotFound, "not found") })

	g.api = api
	root := http.NewServeMux()
	root.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		send(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	root.Handle("/", g.observed(misbehaving(api)))
	return root
}

func (g *gateway) listItems(w http.ResponseWriter, r *http.Request) {
	listed := make([]Item, len(items))
	for i, item := range items {
		listed[i] = presented(item)
	}
	send(w, http.StatusOK, struct {
		Items []Item  `json:"items"`
		Next  *string `json:"next"`
	}{listed, nil})
}

func (g *gateway) getItem(w http.ResponseWriter, r *http.Request) {
	for _, item := range items {
		if item.ID == r.PathValue("id") {
			send(w, http.StatusOK, presented(item))
			return
		}
	}
	fail(w, http.StatusNotFound, "item not found")
}

func (g *gateway) createItem(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fail(w, http.StatusBadRequest, "malformed body")
		return
	}
	var wanted struct {
		Name any `json:"name"`
	}
	if len(body) > 0 && json.Unmarshal(body, &wanted) != nil {
		fail(w, http.StatusBadRequest, "malformed body")
		return
	}
	name, ok := wanted.Name.(string)
	if !ok || name == "" {
		fail(w, http.StatusBadRequest, "name is required")
		return
	}
	g.itemsAsked.Add(1)
	if rand.Float64() >= currentFault.Load().Lost {
		g.itemsKept.Add(1)
	}
	send(w, http.StatusCreated, struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}{strconv.Itoa(len(items) + 1), name})
}

func (g *gateway) getOrder(w http.ResponseWriter, r *http.Request) {
	who, _ := r.Context().Value(identityKey{}).(identity)
	order, err := g.orders.order(r.Context(), r.PathValue("id"), who)
	switch {
	case errors.Is(err, errNotFound):
		fail(w, http.StatusNotFound, "order not found")
	case err != nil:
		fail(w, http.StatusServiceUnavailable, "upstream unavailable")
	default:
		send(w, http.StatusOK, order)
	}
}

// presented is the item as clients see it; the injected parity fault shows what a nil slice would look like.
func presented(item Item) Item {
	if len(item.Tags) == 0 && currentFault.Load().Parity {
		item.Tags = nil
	}
	return item
}

func misbehaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := currentFault.Load()
		if f.LatencyMs > 0 {
			time.Sleep(time.Duration(f.LatencyMs) * time.Millisecond)
		}
		random := rand.Float64()
		if random < f.Errors {
			fail(w, http.StatusInternalServerError, "injected fault")
			return
		}
		if random < f.Errors+f.Resets {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// send writes JSON as Express does: no HTML escapes, no newline at the end, a charset.
func send(w http.ResponseWriter, status int, body any) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	text := bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

func fail(w http.ResponseWriter, status int, message string) {
	send(w, status, map[string]string{"error": message})
}
