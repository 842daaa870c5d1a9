// Exchanges of Go's net/http: `go run client.go host:port`, a line for each.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

var client = &http.Client{Timeout: 30 * time.Second}

// A reader whose length net/http cannot know is sent in chunks.
type unknown struct{ io.Reader }

func exchange(method, path string, body io.Reader, fields ...string) {
	request, err := http.NewRequest(method, "http://"+os.Args[1]+path, body)
	if err != nil {
		panic(err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
	}
	answer, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	answer.Body.Close()
	hash := sha256.Sum256(got)
	fmt.Println(method, path, answer.StatusCode, len(got), fmt.Sprintf("%x", hash[:8]), answer.Header.Get("X-Told"))
}

func main() {
	large := make([]byte, 300_000)
	for i := range large {
		large[i] = byte(i % 251)
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE"} {
		for _, path := range []string{"/plain", "/gzip", "/chunked", "/large", "/nothing", "/same"} {
			exchange(method, path, nil)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "GET"} {
		exchange(method, "/plain", bytes.NewReader([]byte("hello")))
		exchange(method, "/chunked", bytes.NewReader(large))
		exchange(method, "/gzip", unknown{bytes.NewReader(large)})
	}
	exchange("POST", "/plain", bytes.NewReader(nil))
	exchange("POST", "/plain", bytes.NewReader([]byte("hello")), "Expect", "100-continue")
}
