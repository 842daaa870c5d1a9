package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
)

// identity is a request's identity across services: X-Request-Id and W3C trace context.
type identity struct {
	requestID   string
	traceID     string
	traceparent string
	amznTraceID string
}

var traceparentPattern = regexp.MustCompile(`^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$`)

func identify(h http.Header) identity {
	traceID, flags := randomHex(16), "01"
	if m := traceparentPattern.FindStringSubmatch(h.Get("Traceparent")); m != nil {
		traceID, flags = m[1], m[2]
	}
	requestID := h.Get("X-Request-Id")
	if requestID == "" {
		requestID = uuid()
	}
	return identity{
		requestID:   requestID,
		traceID:     traceID,
		traceparent: fmt.Sprintf("00-%s-%s-%s", traceID, randomHex(8), flags),
		amznTraceID: h.Get("X-Amzn-Trace-Id"),
	}
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

func uuid() string {
	b := make([]byte, 16)
	rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
