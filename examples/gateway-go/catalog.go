package main

// Item is what the gateway serves: fixed data, the same in both gateways.
type Item struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	PriceCents int64    `json:"priceCents"`
	Tags       []string `json:"tags"`
}

// Tags are never nil: a nil slice would marshal as null where the Node gateway sends [].
var items = []Item{
	{ID: "1", Name: "Anvil", PriceCents: 4999, Tags: []string{"iron", "heavy"}},
	{ID: "2", Name: "Feather", PriceCents: 25, Tags: []string{}},
	{ID: "3", Name: "Rope & Pulley", PriceCents: 1850, Tags: []string{"climbing"}},
}
