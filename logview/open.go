package logview

import (
	"cmp"
	"context"
	"path/filepath"
	"runtime"
	"time"
)

// Open starts to read and follow the log at path and its backups path.1,
// path.2, …: it returns at once, whatever their size. A file that is not there
// is waited for; Snapshot.Problem tells. The error is never about the file's
// state, only about a path that cannot name one.
func Open(path string, o Options) (*Log, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &openError{path, err}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &Log{path: path, o: o, stop: stop, recent: &recent{now: o.Now}, budget: &budget{}}
	l.budget.left.Store(cmp.Or(o.MaxIndex, defaultIndex))
	l.work.L = &l.mu
	l.refresh()
	for i := range max(1, runtime.GOMAXPROCS(0)) {
		l.done.Go(func() { l.worker(i > 0) })
	}
	if !o.Still {
		l.done.Go(func() { l.follow(ctx) })
	}
	return l, nil
}

type openError struct {
	path string
	err  error
}

func (e *openError) Error() string { return "logview: open " + e.path + ": " + e.err.Error() }

func (e *openError) Unwrap() error { return e.err }
