package logview

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

// ErrNoLog is matched by the error of Print if there is no log to read.
var ErrNoLog = errors.New("logview: no log")

// NoLogError says which log cannot be read, and why. It matches ErrNoLog.
type NoLogError struct {
	Path    string // as it was given to Print
	Problem string // in a few words, for people
}

func (e *NoLogError) Error() string { return ErrNoLog.Error() + ": " + e.Problem }

// Is makes the error match ErrNoLog.
func (e *NoLogError) Is(target error) bool { return target == ErrNoLog }

// Print writes the rows of the log at path and its backups that match, oldest
// first: raw rows with all their lines. It never writes the same line twice
// and, when it follows, loses none across rotations.
//
// With Follow it returns nil when the context ends. Without, the error is a
// *NoLogError if there is neither a file nor a backup that can be read.
func Print(ctx context.Context, w io.Writer, path string, o PrintOptions) error {
	f, err := o.filter()
	if err != nil {
		return err
	}
	l, err := Open(path, Options{Now: o.Now, Still: !o.Follow, NoIndex: true, Inside: o.Inside})
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // it only reads
	if problem := l.problemText(); problem != "" && !o.Follow && len(l.history()) == 0 {
		if name, missing := strings.CutPrefix(problem, waitingFor); missing {
			problem = "there is no " + name
		}
		return &NoLogError{Path: path, Problem: problem}
	}
	if o.Count {
		return printCount(ctx, w, l, f)
	}
	p := &printer{log: l, o: o, out: bufio.NewWriterSize(w, 64<<10), filter: f, e: &evaluator{}, parts: map[*segment]*printed{}}
	p.plan = newPlan(f, l.o.Now(), l.byteCounts())
	if p.plan.Runs > 0 {
		p.plan = p.plan.resolve(l.runStarts(p.e, p.plan.Runs))
	}
	if o.Last != 0 {
		p.skipTo(ctx, o.Last)
	}
	return p.run(ctx)
}

func (o *PrintOptions) filter() (*Filter, error) {
	if o.Since == "" {
		return o.Filter, nil
	}
	after, err := query.Since(o.Since)
	if err != nil {
		return nil, err
	}
	return query.And(o.Filter, after), nil
}

func (l *Log) problemText() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.problem
}

func printCount(ctx context.Context, w io.Writer, l *Log, f *Filter) error {
	s, err := l.View(f).Settle(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, s.Matches)
	return err
}

// skipTo leaves out all but the last n matching rows, n < 1 all that are there.
func (p *printer) skipTo(ctx context.Context, n int) {
	first := lastPos()
	if n > 0 {
		w := walker{ctx: ctx, log: p.log, filter: p.filter, plan: p.plan, from: first, want: n, back: true, e: p.e}
		w.run()
		if len(w.rows) == 0 {
			return
		}
		first = w.rows[len(w.rows)-1].Pos
	}
	for _, s := range p.log.history() {
		whole, _ := s.sizes()
		switch {
		case s.gen < row.Generation(first):
			p.parts[s] = &printed{resume: whole, limit: whole, row: whole, begun: true}
		case s.gen == row.Generation(first) && row.Offset(first) > 0:
			p.parts[s] = &printed{resume: row.Offset(first) - 1, row: row.Offset(first) - 1, begun: true}
		}
	}
}

func (p *printer) run(ctx context.Context) error {
	seen := uint64(0)
	for {
		p.history(ctx)
		if p.err == nil {
			p.err = p.out.Flush()
		}
		if p.err != nil || !p.o.Follow {
			return p.err
		}
		p.noteProblem()
		if seen = p.wait(ctx, seen); ctx.Err() != nil {
			return nil // the end of the context is how following ends
		}
	}
}

// wait waits for a newer version, or until a row that was held back is due.
func (p *printer) wait(ctx context.Context, seen uint64) uint64 {
	if p.held {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, partialAge)
		defer cancel()
	}
	p.held = false
	version, _ := p.log.wait(ctx, seen) // an error is the context's
	return version
}

func (p *printer) noteProblem() {
	if text := p.log.problemText(); text != p.note {
		if p.note = text; text != "" {
			p.notice(text)
		}
	}
}

func (p *printer) notice(text string) {
	if p.o.Notes != nil {
		fmt.Fprintln(p.o.Notes, text)
	}
}

// history prints what is new in all segments.
func (p *printer) history(ctx context.Context) {
	segs := p.log.history()
	limits := sizesOf(segs)
	for i, s := range segs {
		if p.err == nil && ctx.Err() == nil {
			p.segment(ctx, s, limits[i])
		}
	}
}

// segment prints what is new in one file up to a limit.
func (p *printer) segment(ctx context.Context, s *segment, whole int64) {
	part := p.parts[s]
	if part == nil {
		part = &printed{row: -1}
		p.parts[s] = part
	}
	if !part.begun && s.notice != "" {
		p.notice(s.notice)
	}
	part.begun = true
	for k := unitOf(part.resume); part.limit < whole && k < unitCount(whole); k++ {
		if ctx.Err() != nil || p.err != nil {
			return
		}
		p.unit(s, part, k, whole)
	}
	if !p.o.Follow && p.o.Last >= 0 {
		p.partial(s)
	}
}

func (p *printer) unit(s *segment, part *printed, k int, whole int64) {
	from := int64(0)
	if part.resume > int64(k)*unitSize {
		from = part.resume
	}
	p.e.find(p.plan, s, k, from)
	part.resume, part.limit = max(p.e.resume, from), p.e.limit
	grows := p.e.resume
	if p.plan.Context > 0 { // rows before may become neighbours of what comes
		part.resume, grows = int64(p.e.first)*unitSize, p.e.grows
	}
	for i := range p.e.refs {
		r := &p.e.refs[i]
		skip := 0
		if r.off >= grows && p.o.Follow && s.isYoung(p.log) {
			p.held, part.limit = true, r.off
			return
		}
		if r.off >= whole { // it came just now
			part.resume, part.limit = min(part.resume, r.off), whole
			return
		}
		if r.off < part.row || r.off == part.row && r.folded+1 <= part.lines {
			continue
		}
		if r.off == part.row {
			skip = part.lines
		}
		p.row(s, r, skip)
		part.row, part.lines = r.off, r.folded+1
	}
}

// isYoung reports whether the segment has just grown, so that what is open at
// its end may be about to go on.
func (s *segment) isYoung(l *Log) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.o.Now().Sub(s.grownAt) < partialAge
}

// partial prints an unfinished last line.
func (p *printer) partial(s *segment) {
	if r := s.extras(p.log)[1]; !r.Pos.IsZero() && p.filter.Match(r, p.plan.Now) {
		_, size := s.sizes()
		buf := make([]byte, min(size-(row.Offset(r.Pos)-1), maxLine))
		text, _ := lines.Trim(buf[:s.readAt(buf, row.Offset(r.Pos)-1)], row.Offset(r.Pos) == 1)
		c, sec := p.e.Line(text, false)
		p.row(s, &ref{off: row.Offset(r.Pos) - 1, class: c, head: text, text: text, sec: sec}, 0)
	}
}
