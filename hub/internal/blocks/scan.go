package blocks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/bonesdir/inside"
)

// Stamp tells whether a block has changed.
type Stamp struct {
	Size     int64 `json:"s"`
	Modified int64 `json:"m"` // in ns
}

// Stamps are those of blocks, by "<stream>/<block>".
type Stamps map[string]Stamp

// Bounds of what is looked at: a server makes no larger blocks than 8 MiB.
const (
	maxBlock  = 64 << 20
	maxBlocks = 20_000
)

// block is one file of a stream.
type block struct {
	stream string
	index  uint32
	path   string
	last   bool // of its stream
	Stamp
}

func (b block) name() string { return b.stream + "/" + strconv.FormatUint(uint64(b.index), 10) }

// Look returns the stamps of all blocks below the directory of the streams, which lies in dir.
func Look(dir, streams string) (Stamps, error) {
	all, err := list(dir, streams)
	now := Stamps{}
	for _, b := range all {
		now[b.name()] = b.Stamp
	}
	return now, err
}

// Served reports whether a server has closed a store after a time: it leaves an index of each
// stream.
func Served(dir, streams string, since time.Time) bool {
	names, _ := inside.ReadDir(dir, streams) // mostly there are some
	for _, e := range names {
		info, err := inside.Stat(dir, filepath.Join(streams, e.Name(), "msgs", "index.db"), inside.File)
		if err == nil && info.ModTime().After(since) {
			return true
		}
	}
	return false
}

// Scan reads the blocks below the directory of the streams, which lies in dir, but for those
// that are as known has them. With whole they were all complete then. It changes nothing.
func Scan(ctx context.Context, dir, streams string, known Stamps, whole bool) (found []Damage, err error) {
	all, err := list(dir, streams)
	if err != nil {
		return nil, err
	}
	var errs []error
	var buf []byte
	for _, b := range all {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		was, seen := known[b.name()]
		if seen && was == b.Stamp {
			continue
		}
		sound := 0
		switch {
		case !b.last:
			sound = math.MaxInt
		case whole && b.Size >= was.Size:
			sound = int(was.Size)
		}
		if buf, err = b.read(dir, buf); err != nil {
			errs = append(errs, err)
			continue
		}
		d, damaged, err := check(b.stream, b.index, buf, sound)
		if damaged {
			found = append(found, d)
		}
		errs = append(errs, err)
	}
	return found, errors.Join(errs...)
}

// read returns what is in a block, in the given buffer if there is room.
func (b block) read(dir string, buf []byte) ([]byte, error) {
	if b.Size > maxBlock {
		return buf, fmt.Errorf("blocks: %s has %d bytes", b.path, b.Size)
	}
	f, err := inside.Open(dir, b.path)
	if err != nil {
		return buf, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	if int64(cap(buf)) < b.Size {
		buf = make([]byte, b.Size)
	}
	buf = buf[:b.Size]
	n, err := io.ReadFull(f, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // it was cut meanwhile
		err = nil
	}
	return buf[:n], err
}

// list finds the blocks of all streams that are not encrypted. None is no error.
func list(dir, streams string) (all []block, err error) {
	names, err := inside.ReadDir(dir, streams)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range names {
		if !e.IsDir() {
			continue
		}
		own, err := listStream(dir, filepath.Join(streams, e.Name()), e.Name())
		if err != nil {
			return all, err
		}
		if all = append(all, own...); len(all) > maxBlocks {
			return nil, fmt.Errorf("blocks: more than %d in %s", maxBlocks, streams)
		}
	}
	return all, err
}

func listStream(dir, path, stream string) (all []block, err error) {
	if _, err := inside.Stat(dir, filepath.Join(path, "meta.key"), inside.Either); err == nil {
		return nil, nil // it is encrypted
	}
	messages := filepath.Join(path, "msgs")
	names, err := inside.ReadDir(dir, messages)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range names {
		number, isBlock := strings.CutSuffix(e.Name(), ".blk")
		index, err := strconv.ParseUint(number, 10, 32)
		if !isBlock || err != nil || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has just been emptied
		}
		if err != nil {
			return nil, err
		}
		all = append(all, block{stream, uint32(index), filepath.Join(messages, e.Name()), false, Stamp{info.Size(), info.ModTime().UnixNano()}})
	}
	slices.SortFunc(all, func(a, b block) int { return int(a.index) - int(b.index) })
	if len(all) > 0 {
		all[len(all)-1].last = true
	}
	return all, nil
}
