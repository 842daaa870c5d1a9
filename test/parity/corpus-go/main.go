// Command corpus answers the parity corpus's requests as Go services do, each fault of a migration on purpose.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	log.SetOutput(io.Discard)
	ready := map[string]any{"event": "listening"}
	serve := func(name string, handler http.Handler) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		ready[name] = listener.Addr().(*net.TCPAddr).Port
		go http.Serve(listener, handler)
	}
	if serveV1 {
		serve("servemux", serveMux())
		serve("chi", chiRouter())
	} else {
		serve("jsonv2", jsonMux())
	}
	json.NewEncoder(os.Stdout).Encode(ready)
	select {} // Whoever started it ends it.
}
