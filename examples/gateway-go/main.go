// Command gateway-go is the rewrite of gateway-node: the same API in Go.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	level := slog.LevelInfo
	if env("LOG_LEVEL", "info") == "silent" {
		level = slog.LevelError + 4
	}
	side := env("SIDE", "candidate")
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: level})).With("side", side)
	g := &gateway{orders: newUpstream(env("UPSTREAM_URL", "http://127.0.0.1:9000")), log: logger, spans: newSpans(side)}
	if env("EXPOSE_SIDE", "") == "1" {
		g.servedBy = side
	}
	listener := listen(env("BIND", "0.0.0.0"), env("PORT", "8080"))
	ready := map[string]any{"event": "listening", "port": listener.Addr().(*net.TCPAddr).Port}
	if port := env("FAULT_PORT", ""); port != "" {
		admin := listen("127.0.0.1", port)
		ready["faultPort"] = admin.Addr().(*net.TCPAddr).Port
		go http.Serve(admin, http.HandlerFunc(faultHandler))
	}
	interval, err := strconv.Atoi(env("EMF_INTERVAL_MS", "10000"))
	if err != nil || interval < 1 {
		fatal("EMF_INTERVAL_MS must be a whole number of milliseconds")
	}
	go g.emitMetrics(env("CROSSFADE_INGRESS", "gateway"), side, time.Duration(interval)*time.Millisecond)

	server := &http.Server{Handler: g.handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 75 * time.Second}
	stopping, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	drained := make(chan struct{})
	go func() {
		<-stopping.Done()
		grace, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		server.Shutdown(grace)
		close(drained)
	}()
	json.NewEncoder(os.Stdout).Encode(ready)
	if err := server.Serve(listener); err != http.ErrServerClosed {
		fatal(err.Error())
	}
	<-drained
	g.spans.flush()
}

func listen(host, port string) net.Listener {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		fatal(err.Error())
	}
	return listener
}

func env(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}

func fatal(message string) {
	slog.Error(message)
	os.Exit(1)
}
