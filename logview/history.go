package logview

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	// genStep leaves room for generations that are found between two others.
	genStep  = 1 << 20
	firstGen = 1 << 40
	// maxFiles bounds the open files: older backups are left out.
	maxFiles = 64
	// maxGone is how many deleted generations stay readable.
	maxGone = 2
)

// source is a file of the log on disk.
type source struct {
	name   string
	number int // 0 is the file that is written
	seg    *segment
}

// refresh brings the list of segments in line with the directory.
func (l *Log) refresh() {
	sources, problem := l.sources()
	old := l.history()
	var segs []*segment
	for i := range sources {
		sources[i].seg = l.open(&sources[i], old, &problem)
	}
	sources = slices.DeleteFunc(sources, func(s source) bool { return s.seg == nil })
	segs = l.merge(old, sources)
	changed := !slices.Equal(old, segs)
	for _, s := range old {
		// What was written before a new file began comes before it.
		changed = s.grow(l.o.Now()) == grown || changed
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.problem != problem {
		l.problem, changed = problem, true
	}
	l.segs = segs
	if slices.ContainsFunc(old, func(s *segment) bool { return !slices.Contains(segs, s) }) {
		for _, v := range l.views {
			v.scan.forget(func(s *segment) bool { return slices.Contains(segs, s) })
			v.restartFacetsLocked()
		}
	}
	if changed {
		l.bumpLocked()
	}
}

// sources lists the files, oldest first, and says what is wrong if the one
// that is written cannot be read.
func (l *Log) sources() (list []source, problem string) {
	dir, base := filepath.Split(l.path)
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, describe(base, err)
	}
	for _, entry := range names {
		suffix, ok := strings.CutPrefix(entry.Name(), base+".")
		number, err := strconv.Atoi(suffix)
		if ok && err == nil && number > 0 && strconv.Itoa(number) == suffix {
			list = append(list, source{name: entry.Name(), number: number})
		}
	}
	slices.SortFunc(list, func(a, b source) int { return b.number - a.number })
	list = list[max(len(list)-maxFiles, 0):]
	if _, err := os.Stat(l.path); err != nil {
		return list, describe(base, err)
	}
	return append(list, source{name: base}), ""
}

// describe says in a few words why a file cannot be read.
func describe(name string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "waiting for " + name
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: " + name
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("cannot read %s: %v", name, err)
}

// open finds the segment of a file among the old ones, or opens it. It returns
// nil, and maybe says why, if the file is none of the history.
func (l *Log) open(src *source, old []*segment, problem *string) *segment {
	path := filepath.Join(filepath.Dir(l.path), src.name)
	explain := func(text string) {
		if src.number == 0 {
			*problem = text
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		explain(describe(src.name, err))
		return nil
	}
	if s := known(old, info); s != nil {
		return s
	}
	if !info.Mode().IsRegular() {
		explain(src.name + " is " + fileKind(info.Mode()))
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		explain(describe(src.name, err))
		return nil
	}
	// The name may lead to another file by now.
	if info, err = file.Stat(); err != nil || !info.Mode().IsRegular() || known(old, info) != nil {
		_ = file.Close() // only read from
		return known(old, info)
	}
	s := &segment{file: file, info: info, recent: l.recent, budget: l.budget}
	s.init(l.o.Now())
	if src.number > 0 && slices.ContainsFunc(old, s.isCopyOf) {
		// Rotation by copying: the original is about to be truncated.
		_ = file.Close() // only read from
		return nil
	}
	return s
}

// known returns the segment of a file that is open already.
func known(segs []*segment, info os.FileInfo) *segment {
	if info == nil {
		return nil
	}
	for _, s := range segs {
		if os.SameFile(s.info, info) {
			return s
		}
	}
	return nil
}

func fileKind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	default:
		return "not a regular file"
	}
}

// merge gives new segments their place in time and names to all. Deleted ones
// stay for a while: their files are still open.
func (l *Log) merge(old []*segment, sources []source) []*segment {
	above := int64(firstGen)
	if n := len(old); n > 0 {
		above = old[n-1].gen + 2*genStep
	}
	for i := len(sources) - 1; i >= 0; i-- {
		s := sources[i].seg
		if s.gen != 0 {
			above = s.gen
			continue
		}
		below := above - 2*genStep
		for j := i - 1; j >= 0; j-- {
			if sources[j].seg.gen != 0 {
				below = sources[j].seg.gen
				break
			}
		}
		s.gen = above - max(min(genStep, (above-below)/2), 1)
		above = s.gen
	}
	segs := l.gone(old, sources)
	for _, src := range sources {
		src.seg.rename(src.name)
		segs = append(segs, src.seg)
	}
	slices.SortFunc(segs, func(a, b *segment) int { return cmp.Compare(a.gen, b.gen) })
	return segs
}

// gone returns the segments to keep although their files have been deleted,
// and closes the others.
func (l *Log) gone(old []*segment, sources []source) (kept []*segment) {
	for i := len(old) - 1; i >= 0; i-- {
		s := old[i]
		if slices.ContainsFunc(sources, func(src source) bool { return src.seg == s }) {
			continue
		}
		if len(kept) == maxGone {
			_ = s.file.Close() // only read from
			s.discard()
			continue
		}
		s.rename("")
		kept = append(kept, s)
	}
	return kept
}
