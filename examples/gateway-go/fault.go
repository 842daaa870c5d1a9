package main

import (
	"encoding/json"
	"net/http"
	"os"
	"sync/atomic"
)

// fault is injected on demand, for rehearsals: reachable only when FAULT_PORT is set.
type fault struct {
	Errors    float64 `json:"errors"`
	Resets    float64 `json:"resets"`
	LatencyMs int     `json:"latencyMs"`
	Crash     bool    `json:"crash"`
	Parity    bool    `json:"parity"`
	// Lost is the share of new items that are answered 201 and lost: no status, no latency and no answer shows it.
	Lost float64 `json:"lost"`
}

var currentFault atomic.Pointer[fault]

func init() { currentFault.Store(&fault{}) }

func faultHandler(w http.ResponseWriter, r *http.Request) {
	var f fault
	if err := json.NewDecoder(r.Body).Decode(&f); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if f.Crash {
		os.Exit(1)
	}
	currentFault.Store(&f)
	w.WriteHeader(http.StatusNoContent)
}
