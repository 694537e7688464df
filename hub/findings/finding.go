package findings

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

// Finding is something that is so in a workspace, and mostly needs a look.
type Finding struct {
	Check string `json:"check"` // of the doctor, one word: git, state, pid, …; "" if it is none of the doctor's
	Grade Grade  `json:"grade"`
	Text  string `json:"text"`           // what is the case, in one sentence
	Why   string `json:"why,omitempty"`  // how one knows
	Next  string `json:"next,omitempty"` // the command or the act that mends it; "" if nothing has to be
}
