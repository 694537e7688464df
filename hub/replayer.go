package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/seed"
)

// replayer makes check-ins of one repository in another.
type replayer struct {
	from, to     *fossil.Repo
	base, branch string
	lost         map[string]fossil.CheckIn
	made         map[string]string // old hash -> new one
	tip          string            // the last that was made
}

// replay makes one check-in, after its parents.
func (p *replayer) replay(ctx context.Context, last fossil.CheckIn) error {
	for todo := []fossil.CheckIn{last}; len(todo) > 0; {
		ci := todo[len(todo)-1]
		if p.made[ci.UUID] != "" {
			todo = todo[:len(todo)-1]
			continue
		}
		parents, err := p.from.Parents(ctx, ci.UUID)
		if err != nil {
			return err
		}
		waiting := false
		for _, parent := range parents {
			if before, ok := p.lost[parent]; ok && p.made[parent] == "" {
				todo, waiting = append(todo, before), true
			}
		}
		if waiting {
			continue
		}
		if err := p.make(ctx, ci, parents); err != nil {
			return fmt.Errorf("check-in %.10s: %w", ci.UUID, err)
		}
	}
	return nil
}

// make makes one check-in whose parents are there, with the same tree.
func (p *replayer) make(ctx context.Context, ci fossil.CheckIn, parents []string) error {
	c := fossil.Commit{
		Branch: p.branch, Parent: p.base, User: ci.User, AllowEmpty: true,
		Comment: seed.RecoveredComment + ci.UUID + fmt.Sprintf(" of %s, %s: %s", ci.Branch, ci.Time.UTC().Format(time.RFC3339), ci.Comment),
	}
	for i, parent := range parents {
		made := p.made[parent]
		switch {
		case made == "":
		case i == 0:
			c.Parent = made
		case made != c.Parent:
			c.Merge = append(c.Merge, made)
		}
	}
	want, err := p.from.Files(ctx, ci.UUID)
	if err != nil {
		return err
	}
	if err := p.changes(ctx, &c, want); err != nil {
		return err
	}
	made, err := p.to.Commit(ctx, c)
	if err != nil {
		return err
	}
	p.made[ci.UUID], p.tip = made.UUID, made.UUID
	return nil
}

// changes fills in what makes the parent's tree the wanted one.
func (p *replayer) changes(ctx context.Context, c *fossil.Commit, want []fossil.FileInfo) error {
	var have []fossil.FileInfo
	if c.Parent != "" {
		var err error
		if have, err = p.to.Files(ctx, c.Parent); err != nil {
			return err
		}
	}
	known := make(map[string]fossil.FileInfo, len(have))
	for _, f := range have {
		known[f.Name] = f
	}
	for _, f := range want {
		h, ok := known[f.Name]
		delete(known, f.Name)
		if ok && h.UUID == f.UUID && h.Perm == f.Perm {
			continue
		}
		c.Files = append(c.Files, fossil.File{Name: f.Name, Perm: f.Perm, Open: func() (io.ReadCloser, error) {
			content, err := p.from.Content(ctx, f.UUID)
			if errors.Is(err, fossil.ErrNotFound) {
				err = errors.Join(err, fs.ErrNotExist)
			}
			return io.NopCloser(bytes.NewReader(content)), err
		}})
	}
	for name := range known {
		c.Delete = append(c.Delete, name)
	}
	slices.Sort(c.Delete)
	return nil
}
