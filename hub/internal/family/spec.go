package family

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Env carries a Spec to a process of the family; its presence is what makes a process
// one.
const Env = "BONES_HUB_CHILD"

// Part is what a process of the family is for.
type Part string

// The parts.
const (
	Hub    Part = "hub"    // to serve
	Heir   Part = "heir"   // to serve once its predecessor says Go, or is gone
	Keeper Part = "keeper" // to start the hub again
)

// Spec is what a process of the family is started with.
type Spec struct {
	Part Part   `json:"part"`
	Root string `json:"root"`

	// Settings of the hub, which only package hub reads.
	Settings json.RawMessage `json:"settings"`

	Deaths  int       `json:"deaths,omitempty"`   // unannounced ones before this process
	DeadPID int       `json:"dead_pid,omitempty"` // of the last one
	DiedAt  time.Time `json:"died_at,omitzero"`

	// Files names the descriptors that come along, from 3 on.
	Files   []string `json:"files"`
	Listens bool     `json:"listens,omitempty"` // a listener follows as the first message
}

// The names of the descriptors.
const (
	fileControl = "control"
	fileLock    = "lock"
	fileKeeper  = "keeper"
)

// Estate is the descriptors of a family. Each may be nil.
type Estate struct {
	Control  *Link    // to the process that started this one; of a keeper: the hub
	Keeper   *Link    // to the keeper
	Lock     *os.File // hub.lock
	Listener *os.File // the Fossil server's
}

// Parse reads the Spec in a value of Env and takes the descriptors that it names. Neither
// they nor the variables are passed on any more to the programs that this process starts:
// one of them that runs a program of ours would be taken for a hub.
func Parse(value string) (s Spec, e Estate, err error) {
	if err := errors.Join(os.Unsetenv(Env), os.Unsetenv(foregroundEnv)); err != nil {
		return s, e, err
	}
	if err := json.Unmarshal([]byte(value), &s); err != nil {
		return s, e, fmt.Errorf("family: read %s: %w", Env, err)
	}
	for i, name := range s.Files {
		f := inherited(firstFile + i)
		if f == nil {
			return s, e, fmt.Errorf("family: descriptor %d is not open", firstFile+i)
		}
		switch name {
		case fileControl:
			e.Control, err = NewLink(f)
		case fileKeeper:
			e.Keeper, err = NewLink(f)
		case fileLock:
			e.Lock = f
		default:
			err = errors.New("family: unknown descriptor " + name)
		}
		if err != nil {
			return s, e, err
		}
	}
	if s.Listens {
		m, err := e.Control.Receive()
		if err != nil || m.Word != Listener || m.File == nil {
			return s, e, fmt.Errorf("family: get the listener: %w", cmp.Or(err, io.ErrUnexpectedEOF))
		}
		e.Listener = m.File
	}
	return s, e, nil
}

// firstFile is the number of the first descriptor that comes along.
const firstFile = 3
