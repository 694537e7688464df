package blocks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

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

// Scan reads the blocks below the directory of the streams, which lies in dir, but for those
// that are as known has them. With whole they were all complete then. It changes nothing.
func Scan(ctx context.Context, dir, streams string, known Stamps, whole bool) (found []Damage, err error) {
	all, err := list(dir, streams)
	if err != nil {
		return nil, err
	}
	var errs []error
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
		buf, err := inside.ReadFile(dir, b.path, maxBlock)
		if err != nil {
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
