package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
)

// identity is a request's identity across services: X-Request-Id, W3C trace context, and the load balancer's
// X-Amzn-Trace-Id, whose Root is the same 32 hex digits in another spelling.
type identity struct {
	requestID   string
	traceID     string
	parentID    string // the caller's span, when it named one
	spanID      string
	traceparent string
	amznTraceID string
}

var (
	traceparentPattern = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$`)
	amznRootPattern    = regexp.MustCompile(`Root=1-([0-9a-f]{8})-([0-9a-f]{24})`)
)

func identify(h http.Header) identity {
	who := identity{
		requestID:   h.Get("X-Request-Id"),
		spanID:      randomHex(8),
		amznTraceID: h.Get("X-Amzn-Trace-Id"),
	}
	flags := "01"
	if m := traceparentPattern.FindStringSubmatch(h.Get("Traceparent")); m != nil {
		who.traceID, who.parentID, flags = m[1], m[2], m[3]
	} else if m := amznRootPattern.FindStringSubmatch(who.amznTraceID); m != nil {
		who.traceID = m[1] + m[2]
	} else {
		who.traceID = randomHex(16)
	}
	if who.requestID == "" {
		who.requestID = uuid()
	}
	who.traceparent = fmt.Sprintf("00-%s-%s-%s", who.traceID, who.spanID, flags)
	return who
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
