package main

import (
	"encoding/json"
	"io"
	"net/http"
)

func jsonMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /json/{case}", func(w http.ResponseWriter, r *http.Request) {
		value, ok := values[r.PathValue("case")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		writeJSON(w, http.StatusOK, value)
	})
	mux.HandleFunc("GET /json-encoder", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		json.NewEncoder(w).Encode(object{"ok": true})
	})
	mux.HandleFunc("GET /json-ignored-error", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		json.NewEncoder(w).Encode(values["nan"])
	})
	mux.HandleFunc("POST /names", func(w http.ResponseWriter, r *http.Request) {
		named, ok := readName(w, r)
		if ok {
			writeJSON(w, http.StatusOK, named)
		}
	})
	mux.HandleFunc("POST /required", func(w http.ResponseWriter, r *http.Request) {
		named, ok := readName(w, r)
		if ok && named.Name == "" {
			writeJSON(w, http.StatusBadRequest, object{"error": "name is required"})
		} else if ok {
			writeJSON(w, http.StatusCreated, named)
		}
	})
	return mux
}

type named struct {
	Name string `json:"name,omitempty"`
}

func readName(w http.ResponseWriter, r *http.Request) (value named, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1_000))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return value, false
	}
	if err := unmarshal(body, &value); err != nil {
		http.Error(w, "malformed JSON", http.StatusBadRequest)
		return value, false
	}
	return value, true
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}
