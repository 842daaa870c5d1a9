//go:build v2

package main

import "encoding/json/v2"

const serveV1 = false

func marshal(v any) ([]byte, error) { return json.Marshal(v, json.Deterministic(true)) }

func unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
