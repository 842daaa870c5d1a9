//go:build !v2

package main

import "encoding/json"

const serveV1 = true

func marshal(v any) ([]byte, error) { return json.Marshal(v) }

func unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
