package main

import (
	"database/sql"
	"encoding/json"
	"math"
	"math/big"
	"time"
)

type object = map[string]any

// values are what GET /json/{case} marshals: the Go side of node-values.ts.
var values = map[string]any{
	"nil-slice": struct {
		Items []string `json:"items"`
	}{},
	"nil-map": struct {
		Labels map[string]string `json:"labels"`
	}{},
	"nil-bytes": struct {
		Data []byte `json:"data"`
	}{},
	"omitempty": struct {
		Count int    `json:"count,omitempty"`
		Name  string `json:"name,omitempty"`
		On    bool   `json:"on,omitempty"`
		Id    int    `json:"id"`
	}{Id: 1},
	"undefined-zero": struct {
		Id    int `json:"id"`
		Count int `json:"count"`
	}{Id: 1},
	"undefined-null": struct {
		Id   int     `json:"id"`
		Name *string `json:"name"`
	}{Id: 1},
	"null-zero": struct {
		Name string `json:"name"`
	}{},
	"zero-null": struct {
		Name *string `json:"name"`
	}{},
	"null-omitempty": struct {
		Name *string `json:"name,omitempty"`
	}{},
	"null-struct": object{"name": sql.NullString{}},
	"wrong-tag": struct {
		UserID int `json:"user_id"`
	}{7},
	"no-tag": struct {
		Id       int `json:"id"`
		Internal string
	}{7, "x"},
	"html":     object{"html": "<a&b>\u2028"},
	"html-key": object{"<a&b>": 1},
	"int64": struct {
		Id int64 `json:"id"`
	}{9007199254740993},
	"int-any":       decoded(`{"id":9007199254740993}`),
	"negative-zero": object{"n": math.Copysign(0, -1)},
	"nan":           object{"ratio": math.NaN()},
	"time": struct {
		A time.Time `json:"a"`
		B time.Time `json:"b"`
		C time.Time `json:"c"`
	}{at(120_000_000), at(0), at(123_456_789)},
	"time-zone": object{"at": at(120_000_000).In(time.FixedZone("", 2*60*60))},
	"epoch-ms":  object{"at": at(0).Unix()},
	"time-unix": object{"at": at(0).Unix()},
	"zero-time": struct {
		DeletedAt time.Time `json:"deletedAt"`
	}{},
	"buffer":         object{"data": []byte("hello")},
	"base64url":      object{"token": []byte{0xfb, 0xff, 0xfe}},
	"byte-array":     object{"data": [5]byte([]byte("hello"))},
	"duration-ms":    object{"timeout": 1500 * time.Millisecond},
	"duration-s":     object{"timeout": 90 * time.Second},
	"duration-text":  object{"timeout": (1500 * time.Millisecond).String()},
	"map-keys":       map[string]int{"b": 1, "a": 2, "10": 3, "2": 4},
	"int-keys":       map[int]string{2: "b", 10: "a"},
	"short-escapes":  object{"text": "a\bb\fc"},
	"old-escapes":    json.RawMessage(`{"text":"a\u0008b\u000cc"}`),
	"lone-surrogate": decoded(`{"text":"a\ud800b"}`),
	"surrogate":      object{"text": "a\xed\xa0\x80b"},
	"invalid-utf8":   object{"text": "a\xffb"},
	"float-format":   object{"a": json.Number("1e21"), "b": json.Number("1e-07"), "c": json.Number("100.0")},
	"float64":        object{"a": 1e21, "b": 1e-7, "c": 100.0, "d": 1e20, "e": 0.1},
	// A constant, which Go computes exactly.
	"float-sum":    object{"sum": 0.1 + 0.2},
	"float32-wide": object{"price": float64(float32(0.1))},
	"float32":      object{"price": float32(0.1)},
	"big-int":      object{"id": must(new(big.Int).SetString("12345678901234567890", 10))},
	"string-option": struct {
		Id int `json:"id,string"`
	}{7},
	"enum":           object{"state": 1},
	"raw-duplicates": json.RawMessage(`{"a":1,"a":2}`),
	"order":          object{"ids": []int{1, 2, 3}},
	"shorter":        object{"ids": []int{1, 2}},
	"null":           nil,
	"embedded": struct {
		base
		Name string `json:"name"`
	}{base{7}, "x"},
	"error": object{"error": errorText("boom")},
}

type base struct {
	Id int `json:"id"`
}

type errorText string

func (e errorText) Error() string { return string(e) }

func at(nanoseconds int) time.Time { return time.Date(2026, 11, 24, 8, 0, 0, nanoseconds, time.UTC) }

func decoded(text string) (v any) {
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}

func must[T any](v T, ok bool) T {
	if !ok {
		panic("not a value")
	}
	return v
}
