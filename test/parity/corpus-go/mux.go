package main

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing/fstest"
	"time"
)

func serveMux() http.Handler {
	mux := jsonMux()
	handle := func(pattern string, handler http.HandlerFunc) { mux.HandleFunc(pattern, handler) }
	handle("GET /items", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"items": []int{1}}) })
	handle("GET /dir/", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"dir": true}) })
	handle("GET /params/{id}", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, 200, object{"id": r.PathValue("id")})
	})
	handle("GET /query", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, 200, flat(r.URL.Query())) })
	handle("GET /first", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, 200, object{"q": r.URL.Query().Get("q")})
	})
	handle("GET /filter", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("a") == "" {
			writeJSON(w, 400, object{"error": "a is required"})
			return
		}
		writeJSON(w, 200, object{"ok": true})
	})
	handle("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	handle("GET /no-charset", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"ok":true}`))
	})
	handle("GET /untyped", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"ok":true}`)) })
	handle("GET /plain", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })
	handle("GET /http-error", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error":"no stock"}`, http.StatusConflict)
	})
	handle("GET /strong-etag", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		writeJSON(w, 200, object{"ok": true})
	})
	handle("GET /weak-etag", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `W/"v1"`)
		writeJSON(w, 200, object{"ok": true})
	})
	handle("GET /signed", func(w http.ResponseWriter, _ *http.Request) {
		body, _ := marshal(object{"html": "<a&b>"})
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Digest", fmt.Sprintf("sha-256=:%s:", digest(body)))
		w.Write(body)
	})
	handle("GET /custom-header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-custom-id", "7")
		writeJSON(w, 200, object{"ok": true})
	})
	handle("GET /large", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, object{"text": strings.Repeat("x", 5_000)})
	})
	handle("GET /gzip", func(w http.ResponseWriter, r *http.Request) {
		body := []byte(`{"text":"` + strings.Repeat("x", 500) + `"}`)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if r.URL.Query().Get("coding") != "gzip" {
			w.Write(body)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Vary", "Accept-Encoding")
		zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		zip.Write(body)
		zip.Close()
	})
	handle("GET /empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	handle("GET /nothing-said", func(http.ResponseWriter, *http.Request) {})
	handle("GET /moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/items", http.StatusFound) })
	handle("GET /moved-absolute", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/items", http.StatusFound)
	})
	handle("GET /lines", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		counters := map[string]int{}
		for c := 'a'; c <= 'z'; c++ {
			counters[string(c)] = int(c)
		}
		for name, n := range counters {
			fmt.Fprintf(w, "%s %d\n", name, n)
		}
	})
	handle("GET /cookies/{case}", setCookie)
	handle("GET /cache-control", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60, public")
		w.Header().Add("Vary", "origin")
		w.Header().Add("Vary", "Accept-Encoding")
		writeJSON(w, 200, object{"ok": true})
	})
	handle("GET /cors", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, 200, object{"ok": true}) })
	handle("GET /page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<!DOCTYPE html>\n<p id='a' class='b'>\n  caf&eacute;\n</p>\n"))
	})
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(fstest.MapFS{
		"index.html":  {Data: []byte("<p>index</p>"), ModTime: at(0)},
		"app.js":      {Data: []byte("let a = 1;"), ModTime: at(0)},
		"sub/one.txt": {Data: []byte("one"), ModTime: at(0)},
	})))
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir(os.Getenv("FILES")))))
	return mux
}

func setCookie(w http.ResponseWriter, r *http.Request) {
	cookie := map[string]*http.Cookie{
		"order":    {Name: "sid", Value: "abc", Path: "/", MaxAge: 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode},
		"expires":  {Name: "sid", Value: "abc", Path: "/", Expires: time.Now().Add(time.Hour)},
		"quoted":   {Name: "sid", Value: "a,b", Path: "/"},
		"escaped":  {Name: "sid", Value: "a b", Path: "/"},
		"no-path":  {Name: "sid", Value: "abc"},
		"cleared":  {Name: "sid", Path: "/", MaxAge: -1},
		"non-text": {Name: "sid", Value: "café", Path: "/"},
	}[r.PathValue("case")]
	http.SetCookie(w, cookie)
	writeJSON(w, 200, object{"ok": true})
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func flat(query url.Values) object {
	result := object{}
	for key, list := range query {
		result[key] = list[0]
	}
	return result
}
