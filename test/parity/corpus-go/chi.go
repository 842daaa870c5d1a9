package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func chiRouter() http.Handler {
	router := chi.NewRouter()
	router.Get("/items", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"items": []int{1}}) })
	router.Get("/params/{id}", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, 200, object{"id": chi.URLParam(r, "id")})
	})
	return router
}
