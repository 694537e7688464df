package checkup

// Grade is how serious a Finding is.
type Grade uint8

// The grades, the harmless one first.
const (
	GradeOK   Grade = iota
	GradeWarn       // worth a look; the hub works, or will
	GradeFail       // something is wrong: no hub can start, or the one there does not serve
)

// MarshalText returns the grade's word.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// String returns the grade in lower case.
func (g Grade) String() string {
	switch g {
	case GradeOK:
		return "ok"
	case GradeWarn:
		return "warn"
	case GradeFail:
		return "fail"
	default:
		return "unknown"
	}
}

// Finding is what one check of a workspace has found.
type Finding struct {
	Check string `json:"check"` // one word: git, state, pid, …
	Grade Grade  `json:"grade"`
	Text  string `json:"text"`           // what is the case
	Next  string `json:"next,omitempty"` // the command or the act that mends it; "" if nothing has to be
}
