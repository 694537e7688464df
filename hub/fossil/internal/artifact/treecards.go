package artifact

import (
	"fmt"
	"strings"
)

func (p *parser) file() (err error) {
	var f File
	if f.Name, err = p.textArg(); err != nil {
		return err
	}
	if !isSimplePath(f.Name) {
		return fmt.Errorf("bad file name %q", f.Name)
	}
	if n := len(p.a.Files); n > 0 && p.a.Files[n-1].Name >= f.Name {
		return errOrder
	}
	if f.UUID, err = p.optionalUUID(); err != nil {
		return err
	}
	if f.UUID == "" && p.a.Baseline == "" {
		return errMissing
	}
	if perm, ok := p.arg(); ok {
		f.Perm = parsePerm(perm)
	}
	if old, ok := p.arg(); ok {
		f.OldName = Unescape(old)
		if !isSimplePath(f.OldName) {
			return fmt.Errorf("bad file name %q", f.OldName)
		}
	}
	if isReserved(f.Name) {
		return nil // Fossil leaves them out of the tree
	}
	p.a.Files = append(p.a.Files, f)
	p.tree = true
	return nil
}

func parsePerm(s string) Perm {
	switch {
	case strings.Contains(s, "x"):
		return Exec
	case strings.Contains(s, "l"):
		return Symlink
	default:
		return Regular
	}
}

func (p *parser) cherryPick() (err error) {
	s, ok := p.arg()
	if !ok {
		return errMissing
	}
	if s == "" || (s[0] != '+' && s[0] != '-') {
		return fmt.Errorf("bad target %q", s)
	}
	q := CherryPick{BackOut: s[0] == '-'}
	if q.Target, err = artifactName(s[1:]); err != nil {
		return err
	}
	if q.Base, err = p.optionalUUID(); err != nil {
		return err
	}
	p.a.CherryPicks = append(p.a.CherryPicks, q)
	return nil
}

func (p *parser) tag() error {
	name, err := p.textArg()
	if err != nil {
		return err
	}
	target, ok := p.arg()
	if !ok {
		return errMissing
	}
	value, _ := p.arg()
	t := Tag{Value: Unescape(value)}
	if t.Type, err = tagType(name); err != nil {
		return err
	}
	t.Name = name[1:]
	if isHex(t.Name) {
		return fmt.Errorf("tag name %q looks like a hash", t.Name)
	}
	if target != "*" {
		if t.Target, err = artifactName(target); err != nil {
			return err
		}
	}
	if n := len(p.a.Tags); n > 0 && compareTags(p.a.Tags[n-1], t) >= 0 {
		return errOrder
	}
	p.a.Tags = append(p.a.Tags, t)
	return nil
}

func tagType(name string) (TagType, error) {
	if name != "" {
		switch name[0] {
		case '-':
			return Cancel, nil
		case '+':
			return Single, nil
		case '*':
			return Propagate, nil
		}
	}
	return 0, fmt.Errorf("tag %q has no prefix", name)
}
