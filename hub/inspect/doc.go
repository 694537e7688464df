// Package inspect reads what a hub holds: connections, streams, buckets and their messages,
// check-ins and their changes. It uses only what any client of the hub's NATS account may ask,
// and the repository; it creates and changes nothing.
//
// Reading order: timeline.go and connections.go each stand alone; buckets.go is messages.go
// with keys, both on stores.go; reader.go is what all of them ask.
package inspect
