package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// agent is one member of the team. What it is at outlives its crashes.
type agent struct {
	part
	crew *crew
	rng  *rand.Rand
	user string // its id, and its login at the hub
	home string // the slot's directory

	round, job, edit int       // what it does next
	joined           time.Time // the session under way, zero between two
}

func newAgent(c *crew, p part) *agent {
	a := &agent{part: p, crew: c, rng: c.random("agent " + p.slot), user: "slot-" + p.slot, home: c.dir.Slot(p.slot)}
	if p.host != "" {
		a.home = filepath.Join(c.away, p.host, p.slot)
	}
	return a
}

// How long an agent is away.
const (
	afterCrash   = 20 * time.Second
	afterFailure = time.Second
)

// errCrashed ends a life that is meant to.
var errCrashed = errors.New("crashed")

// run lives, and lives again.
func (a *agent) run(ctx context.Context) {
	for ctx.Err() == nil {
		away := afterFailure
		if err := a.live(ctx); errors.Is(err, errCrashed) {
			away = afterCrash
		}
		_ = pause(ctx, a.about(away)) // the loop asks ctx
	}
}

// live works from the next hub on until something goes wrong.
func (a *agent) live(ctx context.Context) (err error) {
	natsURL, fossilURL, err := a.crew.awaitHub(ctx)
	if err != nil {
		return err
	}
	c, err := dial(ctx, natsURL, "bones-leaf-"+a.slot)
	if err != nil {
		return err
	}
	defer c.close()
	l := &life{agent: a, client: c, since: time.Now()}
	if err := l.join(ctx); err != nil {
		return err
	}
	if err := createUser(ctx, a.crew.dir.Fossil(), a.user); err != nil {
		return err
	}
	if l.seat, err = openSeat(ctx, a.home, a.user, fossilURL); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.seat.close()) }()
	for err == nil {
		err = l.work(ctx)
	}
	if ctx.Err() == nil && !errors.Is(err, errCrashed) {
		err = errors.Join(err, l.seat.log("commit_error", a.slot, map[string]any{"reason": err.Error()}))
	}
	return err
}

// advance goes on to the next job.
func (a *agent) advance() {
	a.joined, a.edit = time.Time{}, 0
	if a.job++; a.job == len(a.jobs) {
		a.job, a.round = 0, a.round+1
	}
}

func (a *agent) task() string { return a.crew.taskID(a.slot, a.round, a.job) }

// about returns a duration near d: from two thirds to four thirds.
func (a *agent) about(d time.Duration) time.Duration {
	return d*2/3 + time.Duration(a.rng.Int64N(int64(d)*2/3))
}

// hostName is where the agent says it runs.
func (a *agent) hostName() (string, error) {
	if a.host != "" {
		return a.host, nil
	}
	return os.Hostname()
}

// pid is the process that the agent says it is.
func (a *agent) pid() int {
	if a.host != "" {
		return 40_000 + int(a.crew.seed%9_000) // no process of ours
	}
	return os.Getpid()
}

// deadPID returns the pid of a process that has ended.
func deadPID(ctx context.Context) (int, error) {
	cmd := exec.CommandContext(ctx, "git", "--version")
	cmd.Env = gitEnv()
	err := cmd.Run()
	if err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}
