package query

import "strings"

// fieldKind is the type of a field's values, which decides the operators.
type fieldKind uint8

const (
	kindText fieldKind = iota
	kindLevel
	kindDuration // milliseconds on disk
	kindNumber
	kindTime
	kindBound // since, until
	kindRun
	kindRow // kind
	kindHas
	kindContext
)

// field is one name of the filter language.
type field struct {
	name string
	kind fieldKind
	key  string // JSON key on disk; "" if the field is derived
}

// fields lists the language's names in the order in which they are offered.
func fields() []field {
	return []field{
		{"level", kindLevel, "level"},
		{"event", kindText, "event"},
		{"rpc", kindText, "rpc"},
		{"agent", kindText, "agent"},
		{"task", kindText, "task"},
		{"slot", kindText, ""},
		{"session", kindText, "session"},
		{"hook", kindText, "hook"},
		{"matcher", kindText, "matcher"},
		{"took", kindDuration, "took_ms"},
		{"count", kindNumber, "result_count"},
		{"err", kindText, "err"},
		{"msg", kindText, "msg"},
		{"ts", kindTime, "ts"},
		{"since", kindBound, ""},
		{"until", kindBound, ""},
		{"run", kindRun, ""},
		{"kind", kindRow, ""},
		{"has", kindHas, ""},
		{"ctx", kindContext, ""},
	}
}

// fieldNamed finds a field by its name or by its key on disk.
func fieldNamed(name string) (field, bool) {
	name = strings.ToLower(name)
	for _, f := range fields() {
		if name != "" && (f.name == name || f.key == name) {
			return f, true
		}
	}
	return field{}, false
}

// stored reports whether rows can have the field, so that has: may ask for it.
func (f field) stored() bool { return f.key != "" || f.name == "slot" }

// operators lists what may follow the field's name.
func (f field) operators() []string {
	switch f.kind {
	case kindText:
		return []string{":", "=", "!=", "~"}
	case kindLevel, kindDuration, kindNumber, kindTime:
		return []string{":", "=", "!=", ">", ">=", "<", "<=", "~"}
	default:
		return []string{":"}
	}
}
