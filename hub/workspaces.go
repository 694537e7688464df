package hub

import (
	"fmt"
	"os"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// Presence is what the per-user list says about a workspace's hub.
type Presence uint8

// The presences.
const (
	PresenceRunning   Presence = iota // the hub's process lives
	PresenceIdle                      // listed without a hub
	PresenceDead                      // the hub has ended and left its row behind
	PresenceMissing                   // the workspace's directory is gone
	PresenceUncertain                 // it cannot be told whether there is a hub; Whose says why
)

// MarshalText returns the presence's word.
func (p Presence) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// String returns the presence in lower case.
func (p Presence) String() string {
	switch p {
	case PresenceRunning:
		return "running"
	case PresenceIdle:
		return "idle"
	case PresenceDead:
		return "dead"
	case PresenceMissing:
		return "missing"
	case PresenceUncertain:
		return "cannot tell"
	default:
		return "unknown"
	}
}

// Workspace is one row of the per-user list.
type Workspace struct {
	Root      string
	Name      string
	Presence  Presence
	PID       int       // of the hub as listed, 0 if none is
	StartedAt time.Time // of that hub
}

// Workspaces returns every workspace on the user's list, sorted by root, rows of
// dead hubs and of directories that are gone included. It changes nothing.
func Workspaces() ([]Workspace, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, fmt.Errorf("hub: find the list of workspaces: %w", err)
	}
	rows, err := registry.All(home, proc.Alive)
	if err != nil {
		return nil, fmt.Errorf("hub: list workspaces: %w", err)
	}
	all := make([]Workspace, len(rows))
	for i, r := range rows {
		all[i] = Workspace{Root: r.CWD, Name: r.Name, PID: r.HubPID, StartedAt: r.StartedAt, Presence: presence(r)}
	}
	return all, nil
}

// presence judges a row: the directory itself tells whether it has a hub.
func presence(r registry.Row) Presence {
	if info, err := os.Stat(r.CWD); err != nil || !info.IsDir() { //nolint:forbidigo // looks, and reads nothing
		return PresenceMissing
	}
	switch v := owner.Whose(bonesdir.AtDefault(r.CWD)); {
	case v.Answer == owner.Held:
		return PresenceRunning
	case v.Answer == owner.CannotTell:
		return PresenceUncertain
	case r.HubPID == 0:
		return PresenceIdle
	default:
		return PresenceDead
	}
}
