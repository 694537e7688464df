// Package artifact reads Fossil's structural artifacts, and writes those a hub
// makes: check-ins, control artifacts and clusters
// (https://fossil-scm.org/home/doc/trunk/www/fileformat.wiki).
package artifact

import (
	"errors"
	"time"
)

// ErrNotStructural says that bytes are ordinary file content, not a structural
// artifact. Parse returns it, wrapped with the reason.
var ErrNotStructural = errors.New("artifact: not structural")

// Kind is the type of a structural artifact.
type Kind uint8

// The kinds of structural artifact.
const (
	CheckIn    Kind = iota + 1 // a version of the tree ("manifest")
	Control                    // tags on other artifacts
	Cluster                    // names of other artifacts, for fast sync
	Wiki                       // a version of a wiki page
	Ticket                     // a change to a ticket
	Attachment                 // a file attached to something
	Technote                   // a version of a technote ("event")
	Forum                      // a forum post
)

// String returns the kind in lower case.
func (k Kind) String() string {
	switch k {
	case CheckIn:
		return "check-in"
	case Control:
		return "control"
	case Cluster:
		return "cluster"
	case Wiki:
		return "wiki"
	case Ticket:
		return "ticket"
	case Attachment:
		return "attachment"
	case Technote:
		return "technote"
	case Forum:
		return "forum"
	default:
		return "unknown"
	}
}

// Artifact holds the cards of one structural artifact, unescaped. Which fields
// are set depends on Kind; the letter of the card stands beside each.
type Artifact struct {
	Kind         Kind
	Attachment   Attached     // A
	Baseline     string       // B: full manifest that a delta manifest changes
	Comment      string       // C
	Time         time.Time    // D: UTC, milliseconds
	EventTime    time.Time    // E: when a technote happened
	EventID      string       // E: technote id
	Files        []File       // F: sorted by name
	ThreadRoot   string       // G: first post of a forum thread
	ThreadTitle  string       // H
	InReplyTo    string       // I
	Fields       []Field      // J: ticket fields
	TicketID     string       // K
	WikiTitle    string       // L
	Members      []string     // M: sorted names in a cluster
	Mimetype     string       // N
	Parents      []string     // P: the primary parent first
	CherryPicks  []CherryPick // Q
	RSum         string       // R: MD5 of the whole tree, "" if absent
	Tags         []Tag        // T: sorted by prefix and name
	User         string       // U: "anonymous" if empty
	Text         []byte       // W
	HasComment   bool         // C was present, maybe empty
	HasUser      bool         // U was present
	HasText      bool         // W was present
	HasAttached  bool         // A was present
	HasWikiTitle bool         // L was present
}

// Perm is the mode of a file in a check-in. The values are those of mlink.mperm.
type Perm uint8

// The modes Fossil knows.
const (
	Regular Perm = iota
	Exec
	Symlink
)

// File is one F card.
type File struct {
	Name    string
	UUID    string // "" means deleted, only in delta manifests
	Perm    Perm
	OldName string // name in the primary parent if it differs
}

// Deleted reports whether a delta manifest removes the file.
func (f File) Deleted() bool { return f.UUID == "" }

// TagType is what a T card does to its target. The values are those of
// tagxref.tagtype.
type TagType uint8

// The types of tag, by prefix -, + and *.
const (
	Cancel    TagType = iota // "-"
	Single                   // "+": this artifact only
	Propagate                // "*": descendants too
)

// Prefix returns the character that stands before the name in a T card.
func (t TagType) Prefix() byte { return "-+*"[t] }

// Tag is one T card. An empty Target is the artifact itself ("*").
type Tag struct {
	Type   TagType
	Name   string
	Target string
	Value  string
}

// CherryPick is one Q card.
type CherryPick struct {
	BackOut bool   // "-": the change was undone, not applied
	Target  string // the change
	Base    string // where a range starts, or ""
}

// Field is one J card.
type Field struct {
	Name   string
	Value  string
	Append bool // "+name": added to the old value
}

// Attached is the A card. An empty Source removes the attachment.
type Attached struct{ Name, Target, Source string }
