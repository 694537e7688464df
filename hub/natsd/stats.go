package natsd

import "time"

// ServerStats are the numbers of one NATS server. Counters grow from the
// server's start; rates are for the reader to derive from two samples.
type ServerStats struct {
	ID               string        `json:"id"`
	Name             string        `json:"name"`
	Version          string        `json:"version"`
	Uptime           time.Duration `json:"uptime_ns"`
	Connections      int           `json:"connections"`
	TotalConnections uint64        `json:"total_connections"`
	Subscriptions    uint32        `json:"subscriptions"`
	SlowConsumers    int64         `json:"slow_consumers"`
	InMsgs           int64         `json:"in_msgs"`
	OutMsgs          int64         `json:"out_msgs"`
	InBytes          int64         `json:"in_bytes"`
	OutBytes         int64         `json:"out_bytes"`
	Mem              int64         `json:"mem_bytes"` // resident memory of the whole process
	CPU              float64       `json:"cpu"`       // percent of one core, whole process
	Refused          uint64        `json:"refused"`   // connections of other users turned away
}

// Stream is what one stream holds.
type Stream struct {
	Name     string
	Last     uint64 // sequence
	Messages uint64
	MaxAge   time.Duration // after which it drops messages by itself; 0: never
	Memory   bool          // it is kept in memory only
}

// StreamStats are the numbers of JetStream.
type StreamStats struct {
	Streams    int    `json:"streams"`
	Consumers  int    `json:"consumers"`
	Messages   uint64 `json:"messages"`
	StoreBytes uint64 `json:"store_bytes"`
	StoreLimit uint64 `json:"store_limit"`
	APITotal   uint64 `json:"api_total"`
	APIErrors  uint64 `json:"api_errors"`
}
