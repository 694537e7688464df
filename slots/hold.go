package slots

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Hold is an agent's claim on one file as the bucket BucketHolds holds it, under
// HoldKey of the file's absolute path.
type Hold struct {
	AgentID      string        `json:"agent_id"` // <slot>-leaf, or an agent's id
	ClaimedAt    time.Time     `json:"claimed_at"`
	ExpiresAt    time.Time     `json:"expires_at"`
	CheckoutPath string        `json:"checkout_path"` // despite its name a task id or a slot
	TTL          time.Duration `json:"ttl"`           // nanoseconds on the wire
}

// DecodeHold reads one record.
func DecodeHold(value []byte) (Hold, error) {
	var h Hold
	if err := decode("hold", value, &h); err != nil {
		return Hold{}, err
	}
	clipAll(&h.AgentID, &h.CheckoutPath)
	return h, nil
}

// Vacant reports whether the hold has run out at now. No message tells of that.
func (h Hold) Vacant(now time.Time) bool { return h.ExpiresAt.Before(now) }

// HoldKey returns the key of the hold on the file at path: its percent-escape as
// one URL path segment, slashes too, with "=" for "%".
func HoldKey(path string) string {
	return strings.ReplaceAll(url.PathEscape(path), "%", "=")
}

// HoldPath returns the path that HoldKey made key from. A path with a literal "="
// has no way back and comes out wrong, or as an error.
func HoldPath(key string) (string, error) {
	path, err := url.PathUnescape(strings.ReplaceAll(key, "=", "%"))
	if err != nil {
		return "", fmt.Errorf("slots: read hold key: %w", err)
	}
	return path, nil
}

// Presence is a running command's sign of life as the bucket BucketPresence holds
// it, under <project>/<agent>. The bucket forgets it 15 s after the last heartbeat.
type Presence struct {
	AgentID   string    `json:"agent_id"`
	Project   string    `json:"project"`
	StartedAt time.Time `json:"started_at"`
	LastSeen  time.Time `json:"last_seen"`
}

// Key returns the record's key.
func (p Presence) Key() string { return p.Project + "/" + p.AgentID }
