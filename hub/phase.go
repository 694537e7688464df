package hub

import "fmt"

// Phase is where a hub is in its life.
type Phase uint8

// The phases, in the order a healthy hub passes them. Failed is reached from
// any of them.
const (
	PhaseIdle     Phase = iota // built, not run
	PhaseStarting              // bringing services up; Status.Step says which
	PhaseReady                 // both services answer
	PhaseDraining              // stop accepted, letting go in order
	PhaseStopped               // ended cleanly
	PhaseFailed                // ended with an error, or one of its services died
)

// MarshalText returns the phase's word.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText accepts the words of String.
func (p *Phase) UnmarshalText(text []byte) error {
	for q := PhaseIdle; q <= PhaseFailed; q++ {
		if q.String() == string(text) {
			*p = q
			return nil
		}
	}
	return fmt.Errorf("hub: %q is not a phase", text)
}

// String returns the phase in lower case.
func (p Phase) String() string {
	switch p {
	case PhaseIdle:
		return "idle"
	case PhaseStarting:
		return "starting"
	case PhaseReady:
		return "ready"
	case PhaseDraining:
		return "draining"
	case PhaseStopped:
		return "stopped"
	case PhaseFailed:
		return "failed"
	default:
		return "unknown"
	}
}
