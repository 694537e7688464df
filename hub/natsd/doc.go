// Package natsd embeds one NATS JetStream server: start, readiness, numbers,
// bounded shutdown.
package natsd
