package crosslink

import (
	"fmt"
	"slices"
	"strings"

	"bones-tui/hub/fossil/internal/artifact"
)

// control applies the tags of a control artifact and describes them in the
// timeline.
func (l *Linker) control(rid int64, a *artifact.Artifact) error {
	if err := l.tags(rid, a); err != nil {
		return err
	}
	return l.Exec("REPLACE INTO event(type,mtime,objid,user,comment) VALUES('g',?,?,?,?)",
		artifact.Julian(a.Time), rid, a.User, describe(a))
}

// describe words the tags as Fossil's own timeline does, in wiki markup.
func describe(a *artifact.Artifact) string {
	var b strings.Builder
	if a.HasComment && a.Comment != "" {
		fmt.Fprintf(&b, " %s.", a.Comment)
	}
	target, moved := "", false
	byTarget := func(a, b artifact.Tag) int { return strings.Compare(a.Target, b.Target) }
	for _, t := range slices.SortedStableFunc(slices.Values(a.Tags), byTarget) {
		if t.Target != target {
			target, moved = t.Target, false
			fmt.Fprintf(&b, " Edit [%s|%s]:", target[:16], target[:10])
		}
		if t.Type == artifact.Propagate && t.Name == "branch" {
			moved = true
		}
		b.WriteString(describeTag(t, moved))
	}
	return strings.TrimPrefix(b.String(), " ")
}

// describeTag words one tag. The tags that go with a move to another branch
// are not mentioned.
func describeTag(t artifact.Tag, moved bool) string {
	value := htmlize(t.Value)
	symbol, isSymbol := strings.CutPrefix(t.Name, "sym-")
	name := string(t.Type.Prefix()) + t.Name
	switch {
	case name == "*branch":
		return fmt.Sprintf(" Move to branch [/timeline?r=%s&nd&dp=%s&unhide | %s].", value, t.Target[:16], value)
	case name == "*bgcolor":
		return fmt.Sprintf(" Change branch background color to \"%s\".", value)
	case name == "+bgcolor":
		return fmt.Sprintf(" Change background color to \"%s\".", value)
	case name == "-bgcolor":
		return noted(" Cancel background color", value)
	case name == "+comment":
		return " Edit check-in comment."
	case name == "+user":
		return fmt.Sprintf(" Change user to \"%s\".", value)
	case name == "+date":
		return fmt.Sprintf(" Timestamp %s.", value)
	case isSymbol && moved && t.Type != artifact.Single:
		return ""
	case isSymbol:
		return noted(fmt.Sprintf(" %s tag \"%s\"", verb(t.Type), htmlize(symbol)), value)
	case name == "+closed":
		return noted(" Mark \"Closed\"", value)
	case name == "-closed":
		return noted(" Remove the \"Closed\" mark", value)
	}
	text := fmt.Sprintf(" %s \"%s\"", verb(t.Type), htmlize(t.Name))
	if value != "" {
		text += fmt.Sprintf(" with value \"%s\"", value)
	}
	return text + "."
}

func verb(t artifact.TagType) string {
	switch t {
	case artifact.Cancel:
		return "Cancel"
	case artifact.Single:
		return "Add"
	default:
		return "Add propagating"
	}
}

func noted(text, note string) string {
	if note != "" {
		text += fmt.Sprintf(" with note \"%s\"", note)
	}
	return text + "."
}
