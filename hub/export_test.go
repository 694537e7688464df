package hub

import "context"

// KillNATS ends the hub's NATS server under it.
func KillNATS(h *Hub) {
	h.mu.Lock()
	r := h.run
	h.mu.Unlock()
	_ = r.nats.Close(context.Background())
}
