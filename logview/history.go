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

	"bones-tui/hub/bonesdir/inside"
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
	old := l.history()
	sources, problem := l.sources(old)
	segs := l.merge(old, sources)
	changed := slices.Contains(l.takeSizes(segs), grown) || !slices.Equal(old, segs)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.problem != problem {
		l.problem, changed = problem, true
	}
	l.setSegmentsLocked(segs)
	if changed {
		l.bumpLocked()
	}
}

// setSegmentsLocked changes the history. Views forget what has left it.
func (l *Log) setSegmentsLocked(segs []*segment) {
	old := l.segs
	l.segs = segs
	if slices.ContainsFunc(old, func(s *segment) bool { return !slices.Contains(segs, s) }) {
		for _, v := range l.views {
			v.scan.forget(func(s *segment) bool { return slices.Contains(segs, s) })
			v.restartFacetsLocked()
		}
	}
}

// sources finds the files and opens those that are not among the old segments.
// It returns them oldest first, and says what is wrong if the one that is
// written cannot be read. Somebody may be rotating the log meanwhile: the files
// are looked for in the direction in which they move, so that none slips past,
// and again if another file has taken the place of the first.
func (l *Log) sources(old []*segment) (list []source, problem string) {
	const attempts = 16
	seen := slices.Clone(old)
	for range attempts {
		before, err := l.stat(l.path)
		if err != nil {
			before = nil
		}
		list, problem = l.listed(&seen)
		// Each rotation moves the first file, or makes it the second.
		if l.isUnder(filepath.Base(l.path), before) && (len(list) == 0 || l.isUnder(list[0].name, list[0].seg.info)) {
			break
		}
	}
	for _, s := range seen[len(old):] {
		if !slices.ContainsFunc(list, func(src source) bool { return src.seg == s }) {
			_ = s.file.Close() // deleted already, and only read from
		}
	}
	slices.Reverse(list)
	return list, problem
}

// isUnder reports whether a name in the log's directory leads to that file; nil
// is none.
func (l *Log) isUnder(name string, info os.FileInfo) bool {
	now, err := l.stat(filepath.Join(filepath.Dir(l.path), name))
	if err != nil || info == nil {
		return err != nil && info == nil
	}
	return os.SameFile(now, info)
}

// listed returns the files of the log, newest first. It opens those that have
// not been seen.
func (l *Log) listed(seen *[]*segment) (list []source, problem string) {
	numbers, problem := l.numbers()
	for _, n := range numbers {
		src := source{name: filepath.Base(l.path), number: n}
		if n > 0 {
			src.name += "." + strconv.Itoa(n)
		}
		var trouble string
		src.seg, trouble = l.open(&src, *seen)
		if n == 0 && trouble != "" {
			problem = trouble
		}
		if src.seg == nil || slices.ContainsFunc(list, func(other source) bool { return other.seg == src.seg }) {
			continue
		}
		if !slices.Contains(*seen, src.seg) {
			*seen = append(*seen, src.seg)
		}
		if list = append(list, src); len(list) == maxFiles {
			break
		}
	}
	return list, problem
}

// numbers lists the backups that there are, and those that there may be by the
// time they are looked for, in ascending order after 0.
func (l *Log) numbers() (list []int, problem string) {
	dir, base := filepath.Split(l.path)
	names, err := l.list(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, describe(base, err)
	}
	list = []int{0, 1}
	for _, entry := range names {
		suffix, ok := strings.CutPrefix(entry.Name(), base+".")
		number, err := strconv.Atoi(suffix)
		if ok && err == nil && number > 0 && strconv.Itoa(number) == suffix {
			list = append(list, number, number+1)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), 2*maxFiles)], ""
}

// waitingFor begins the problem of a file that is not there yet.
const waitingFor = "waiting for "

// describe says in a few words why a file cannot be read.
func describe(name string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return waitingFor + name
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: " + name
	}
	var refused *inside.Refusal
	if errors.As(err, &refused) {
		return name + " " + refused.Problem
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Sprintf("cannot read %s: %v", name, err)
}

// stat looks at a file, or at the directory of the log.
func (l *Log) stat(path string) (os.FileInfo, error) {
	if l.o.Inside == "" {
		return os.Stat(path) //nolint:forbidigo // the user has named it
	}
	info, err := inside.Stat(l.o.Inside, path, inside.Either)
	if err == nil && info.Size() > MaxInside && info.Mode().IsRegular() {
		return nil, &inside.Refusal{Path: path, Problem: fmt.Sprintf("is larger than %d GiB", MaxInside>>30)}
	}
	return info, err
}

func (l *Log) list(dir string) ([]fs.DirEntry, error) {
	if l.o.Inside == "" {
		return os.ReadDir(dir) //nolint:forbidigo // the user has named it
	}
	return inside.ReadDir(l.o.Inside, filepath.Clean(dir))
}

func (l *Log) openFile(path string) (*os.File, error) {
	if l.o.Inside == "" {
		return os.Open(path) //nolint:forbidigo // the user has named it
	}
	return inside.Open(l.o.Inside, path)
}

// open finds the segment of a file among those seen, or opens it. It returns
// nil, and why, if the file is none of the history.
func (l *Log) open(src *source, seen []*segment) (s *segment, problem string) {
	path := filepath.Join(filepath.Dir(l.path), src.name)
	info, err := l.stat(path)
	if err != nil {
		return nil, describe(src.name, err)
	}
	if s := known(seen, info); s != nil {
		return s, ""
	}
	if !info.Mode().IsRegular() {
		return nil, src.name + " is " + fileKind(info.Mode())
	}
	file, err := l.openFile(path)
	if err != nil {
		return nil, describe(src.name, err)
	}
	// The name may lead to another file by now.
	if info, err = file.Stat(); err != nil || !info.Mode().IsRegular() || known(seen, info) != nil {
		_ = file.Close() // only read from
		return known(seen, info), ""
	}
	s = &segment{file: file, info: info, recent: l.recent, budget: l.budget}
	s.init(l.o.Now())
	if src.number > 0 && slices.ContainsFunc(l.history(), s.isCopyOf) {
		// Rotation by copying: the original is about to be truncated. An empty
		// file may become one.
		_ = file.Close() // only read from
		return nil, ""
	}
	return s, ""
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
