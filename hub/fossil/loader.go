package fossil

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/store"
)

// loadLimit bounds the bytes that wait for the database, beside one file per
// worker. It is small so that the buffers stay in the processor's cache.
const loadLimit = 4 << 20

// loader reads, names and compresses files on all processors.
type loader struct {
	files []File
	hash  func([]byte) string
	known map[string]struct{} // artifacts that need not be compressed

	// leaveOut, if set, is asked on the goroutine of run whether a file that cannot be read
	// is left out.
	leaveOut func(name string, err error) bool
}

// loaded is a file ready for the database. framed is nil if it is known.
type loaded struct {
	uuid          string
	plain, framed []byte
	buffers       buffers
	err           error // it could not be read; the rest is empty then
}

// buffers are what plain and framed lie in, for use again.
type buffers struct{ plain, framed []byte }

// Buffers start with minBuffer bytes, and are not kept beyond maxSpare.
const (
	minBuffer = 32 << 10
	maxSpare  = 1 << 20
)

// run calls each for every file in order, but those left out; each must not keep what it
// gets. It returns the first error.
func (l *loader) run(ctx context.Context, each func(i int, f loaded) error) error {
	w := newWindow(loadLimit)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer w.stop(errStopped) // before the wait
	defer context.AfterFunc(ctx, func() { w.stop(ctx.Err()) })()
	for range min(runtime.GOMAXPROCS(0), len(l.files)) {
		wg.Go(func() { l.work(w) })
	}
	for i := range l.files {
		f, err := w.take(i)
		if err != nil {
			return err
		}
		if f.err == nil {
			err = each(i, f)
		} else if !l.leaveOut(l.files[i].Name, f.err) {
			err = f.err
		}
		if err != nil {
			return err
		}
		w.release(f)
	}
	return nil
}

// work loads files until there are no more.
func (l *loader) work(w *window) {
	for {
		i, b, ok := w.claim(len(l.files))
		if !ok {
			return
		}
		f, err := l.load(l.files[i], b)
		if err != nil {
			err = fmt.Errorf("read %s: %w", l.files[i].Name, err)
			if l.leaveOut == nil {
				w.stop(err)
				return
			}
			f = loaded{err: err}
		}
		w.deliver(i, f)
	}
}

// load reads a file into the buffers.
func (l *loader) load(f File, b buffers) (out loaded, err error) {
	if out.plain = f.Content; out.plain == nil {
		if b.plain, err = readAll(f.Open, b.plain); err != nil {
			return out, err
		}
		out.plain = b.plain
	}
	if len(out.plain) > store.MaxArtifact {
		return out, fmt.Errorf("larger than %d bytes", store.MaxArtifact)
	}
	out.uuid = l.hash(out.plain)
	if _, ok := l.known[out.uuid]; !ok {
		b.framed = blob.Compress(room(b.framed, len(out.plain)/2), out.plain)
		out.framed = b.framed
	}
	out.buffers = b
	return out, nil
}

// room returns an empty buffer for n bytes, b if it is large enough.
func room(b []byte, n int) []byte {
	if cap(b) >= n && b != nil {
		return b[:0]
	}
	size := minBuffer
	for size < n {
		size *= 2
	}
	return make([]byte, 0, size)
}

// readAll reads a file, into b if that has room. One that knows its size is read
// with as few system calls as possible; should it grow meanwhile, the old size
// counts.
func readAll(open func() (io.ReadCloser, error), b []byte) (content []byte, err error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size := sizeOf(f)
	if size > store.MaxArtifact {
		return nil, fmt.Errorf("larger than %d bytes", store.MaxArtifact)
	}
	if size > 0 {
		content = room(b, int(size))[:size]
		n, err := io.ReadFull(f, content)
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			err = nil // it has shrunk
		}
		return content[:n], err
	}
	buf := bytes.NewBuffer(b[:0])
	_, err = buf.ReadFrom(io.LimitReader(f, store.MaxArtifact+1))
	return buf.Bytes(), err
}

// sizeOf returns the size of an open file, 0 if it is not known.
func sizeOf(f io.Reader) int64 {
	if sized, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := sized.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

var errStopped = errors.New("stopped")

// window hands results from many workers to one consumer, in order and within
// a limit of bytes.
type window struct {
	mu      sync.Mutex
	changed sync.Cond
	limit   int
	used    int
	claimed int // next file for a worker
	next    int // next file for the consumer
	ready   map[int]loaded
	spare   []buffers
	err     error
}

func newWindow(limit int) *window {
	w := &window{limit: limit, ready: map[int]loaded{}}
	w.changed.L = &w.mu
	return w
}

// claim returns the next file to load, and buffers for it.
func (w *window) claim(total int) (i int, b buffers, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || w.claimed == total {
		return 0, b, false
	}
	if n := len(w.spare); n > 0 {
		b, w.spare = w.spare[n-1], w.spare[:n-1]
	}
	w.claimed++
	return w.claimed - 1, b, true
}

// deliver hands over file i. It waits while too much is pending, unless the
// consumer waits for just this file.
func (w *window) deliver(i int, f loaded) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.err == nil && i != w.next && w.used+f.cost() > w.limit {
		w.changed.Wait()
	}
	w.used += f.cost()
	w.ready[i] = f
	w.changed.Broadcast()
}

// take waits for file i.
func (w *window) take(i int) (loaded, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if f, ok := w.ready[i]; ok {
			delete(w.ready, i)
			return f, nil
		}
		if w.err != nil {
			return loaded{}, w.err
		}
		w.changed.Wait()
	}
}

// release makes room after the consumer is done with the file it took.
func (w *window) release(f loaded) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used -= f.cost()
	w.next++
	if cap(f.buffers.plain) <= maxSpare && cap(f.buffers.framed) <= maxSpare {
		w.spare = append(w.spare, f.buffers)
	}
	w.changed.Broadcast()
}

// stop ends everything with an error; the first one counts.
func (w *window) stop(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.changed.Broadcast()
}

func (f loaded) cost() int { return len(f.plain) + len(f.framed) }
