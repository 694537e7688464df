package owner

import (
	"pgregory.net/rapid"
)

// world is a state directory and all processes, as they truly are.
type world struct {
	asker     actor
	locksDirs bool // the file system can lock directories
	lockFile  bool // there is a hub.lock
	fossil    bool // there is a hub.fossil
	names     int  // of each of both files
	record    record
	written   int // when hub.pid was, in seconds
	actors    []actor
}

// actor is a process.
type actor struct {
	kind      kind
	number    int // in the host's pid namespace
	uid       int
	container int // 0: the host; else process inner of that container
	inner     int
	started   int
	secret    bool // it shows other processes of its user nothing
	zombie    bool

	args           []string
	role, family   bool // locks it holds, of this directory
	inherits       bool
	lockGone       bool // its hub.lock has lost its name
	open           reach
	fossilGone     bool // its hub.fossil has lost its name
	sqlite         bool // SQLite's shared lock
	posix          bool // of the classic kind
	log            bool
	listens        int
	otherDirectory bool // it is the hub of a directory with which this one shares files
}

type kind uint8

const (
	hubKind kind = iota
	keeperKind
	standbyKind
	earlierKind
	referenceKind
	dashboardKind
	toolKind    // sqlite3, fossil
	serverKind  // fossil server on a recorded port
	backupKind  // has a lock and is no hub
	starterKind // the bones CLI while it starts a hub
	sleeperKind
	foreignKind // a hub of another workspace
	kinds
)

// newActor returns an actor of a kind as it is when it is up.
func newActor(k kind) actor {
	var a actor
	switch k {
	case hubKind:
		a = actor{args: hubStart, role: true, family: true, inherits: true, open: writing, sqlite: true, log: true, listens: 2}
	case keeperKind:
		a = actor{args: []string{"/bin/bones-tui", "hub", "keep", "--root", "/w"}, family: true, inherits: true}
	case standbyKind:
		a = actor{args: hubStart, family: true, inherits: true}
	case earlierKind:
		a = actor{args: []string{"bones-tui"}, family: true, open: writing, sqlite: true, log: true, listens: 2}
	case referenceKind:
		a = actor{args: []string{"bones", "hub", "start"}, open: writing, sqlite: true, posix: true, log: true, listens: 2}
	case dashboardKind:
		a = actor{args: []string{"bones-tui"}, open: writing, sqlite: true}
	case toolKind:
		a = actor{args: []string{"sqlite3", "hub.fossil"}, open: writing, sqlite: true, posix: true}
	case serverKind:
		a = actor{args: []string{"fossil", "server"}, open: writing, sqlite: true, posix: true, listens: 1}
	case backupKind:
		a = actor{args: []string{"cp", "-a", ".bones", "/b"}}
	case starterKind:
		a = actor{args: []string{"bones", "hub", "start"}, family: true, log: true}
	case foreignKind:
		a = actor{args: hubStart, listens: 2}
	default:
		a = actor{args: []string{"sleep", "60"}}
	}
	a.kind = k
	return a
}

var hubStart = []string{"bones-tui", "hub", "start", "--root", "/w"}

// holds reports whether the actor is a hub, or one's keeper, and has the directory.
func (a *actor) holds() bool {
	if a.zombie || a.otherDirectory || a.kind > referenceKind {
		return false
	}
	return a.role || a.family && !a.lockGone || a.open == writing && !a.fossilGone
}

func (a *actor) trueRole() Role {
	switch a.kind {
	case hubKind, standbyKind:
		return RoleHub
	case keeperKind:
		return RoleKeeper
	case earlierKind:
		return RoleEarlier
	case referenceKind:
		return RoleReference
	default:
		return RoleNone
	}
}

// numberFor returns the actor's pid as the asker's namespace has it, 0 if it has none.
func (a *actor) numberFor(asker *actor) int {
	switch asker.container {
	case 0:
		return a.number
	case a.container:
		return a.inner
	default:
		return 0
	}
}

// readable reports whether the kernel shows the asker what the actor has open.
func (a *actor) readable(asker *actor) bool {
	return a.numberFor(asker) != 0 && (asker.uid == 0 || asker.uid == a.uid && !a.secret)
}

// regimes are the sets of processes that have a directory together, in the order in which
// they opened the repository.
var regimes = [][]kind{
	{},
	{},
	{foreignKind},
	{hubKind},
	{hubKind, keeperKind},
	{keeperKind},
	{keeperKind, standbyKind},
	{hubKind, keeperKind, standbyKind},
	{standbyKind},
	{earlierKind},
	{referenceKind},
	{referenceKind, starterKind},
	{starterKind},
	{backupKind},
}

// drawWorld makes up a world.
func drawWorld(t *rapid.T) *world {
	w := &world{names: 1, lockFile: true, fossil: true, locksDirs: rapid.IntRange(0, 4).Draw(t, "locks directories") > 0}
	w.asker = actor{uid: rapid.SampledFrom([]int{0, 1000}).Draw(t, "asker's user"), container: rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "asker's container")}
	next := 100
	place := func(a actor) *actor {
		next++
		a.number, a.uid, a.container = next, w.asker.uid, w.asker.container
		if rapid.IntRange(0, 5).Draw(t, "elsewhere") == 0 {
			a.container = rapid.IntRange(0, 2).Draw(t, "container")
		}
		if rapid.IntRange(0, 7).Draw(t, "another's") == 0 {
			a.uid = rapid.SampledFrom([]int{0, 1000, 2000}).Draw(t, "user")
		}
		if a.container != 0 {
			a.inner = rapid.SampledFrom([]int{1, next - 90, 101}).Draw(t, "inner number") + 1000*len(w.actors)*min(1, len(w.actors))
		}
		a.started = rapid.IntRange(0, 50).Draw(t, "started")
		a.secret = rapid.IntRange(0, 14).Draw(t, "secret") == 0
		a.zombie = rapid.IntRange(0, 14).Draw(t, "zombie") == 0
		if a.zombie {
			a = actor{kind: a.kind, number: a.number, inner: a.inner, uid: a.uid, container: a.container, started: a.started, zombie: true}
		}
		w.actors = append(w.actors, a)
		return &w.actors[len(w.actors)-1]
	}
	regime := rapid.SampledFrom(regimes).Draw(t, "regime")
	foreground := rapid.Bool().Draw(t, "foreground")
	dying := rapid.IntRange(0, 3).Draw(t, "just starting") == 0
	for _, k := range regime {
		a := newActor(k)
		switch {
		case k == referenceKind && len(regime) == 1 && foreground:
			a.family = true
		case k == backupKind:
			a.role, a.family = foreground, !foreground
		case dying && (k == hubKind || k == earlierKind):
			a.open, a.sqlite, a.listens = closed, false, rapid.IntRange(0, 1).Draw(t, "listens")
		case dying && k == referenceKind:
			a.listens = rapid.IntRange(0, 1).Draw(t, "listens")
		}
		place(a)
	}
	for range rapid.IntRange(0, 3).Draw(t, "lookers-on") {
		a := newActor(rapid.SampledFrom([]kind{dashboardKind, toolKind, serverKind, sleeperKind, foreignKind}).Draw(t, "kind"))
		if a.kind == dashboardKind && rapid.Bool().Draw(t, "reads only") {
			a.open = reading
		}
		place(a)
	}
	w.damage(t)
	w.drawRecord(t)
	return w
}

// damage removes and links files under the processes.
func (w *world) damage(t *rapid.T) {
	if rapid.IntRange(0, 5).Draw(t, "hub.lock removed") == 0 {
		w.lockFile = rapid.Bool().Draw(t, "and made again")
		for i := range w.actors {
			w.actors[i].lockGone = true
		}
	}
	if rapid.IntRange(0, 7).Draw(t, "hub.fossil removed") == 0 {
		w.fossil = rapid.Bool().Draw(t, "and made anew")
		for i := range w.actors {
			w.actors[i].fossilGone = true
		}
	}
	if rapid.IntRange(0, 7).Draw(t, "hard links") == 0 {
		w.names = 2
		if rapid.Bool().Draw(t, "this is the copy") {
			for i := range w.actors { // the hubs have the other directory, and the files of both
				w.actors[i].otherDirectory = w.actors[i].kind <= referenceKind
				w.actors[i].role = false
				w.actors[i].log = false
			}
		}
	}
}

// drawRecord writes hub.pid: the hub's number where it runs, anybody's, nobody's, or none.
func (w *world) drawRecord(t *rapid.T) {
	w.written = rapid.IntRange(40, 60).Draw(t, "written")
	switch how := rapid.IntRange(0, 9).Draw(t, "record"); {
	case how == 0:
	case how == 1:
		w.record = record{present: true, bad: "no pid"}
	case how == 2:
		w.record = record{present: true, pid: 999}
	case how == 3 && len(w.actors) > 0:
		w.record = record{present: true, pid: max(1, rapid.SampledFrom(w.actors).Draw(t, "named").number)}
	case how == 4:
		w.record = record{present: true, pid: 1}
	case len(w.actors) > 0:
		a := w.actors[0]
		if len(w.actors) > 2 && w.actors[2].kind == standbyKind && rapid.Bool().Draw(t, "handing over") {
			a = w.actors[2]
		}
		w.record = record{present: true, pid: a.number}
		if a.container != 0 {
			w.record.pid = a.inner
		}
	}
}
