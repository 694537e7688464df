package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"bones-tui/hub"
)

// documentedJSON lists, for each section of docs/json.md, command lines whose
// outputs together show its fields. What changes the hub has a script instead, in which
// the command documented looks at every output.
var documentedJSON = map[string][]string{
	"status":      {"status"},
	"hub status":  {"hub status"},
	"doctor":      {"doctor"},
	"fleet":       {"fleet"},
	"logs":        {"logs"},
	"slots":       {"slots"},
	"activity":    {"activity"},
	"hub start":   nil,
	"hub stop":    nil,
	"hub restart": nil,
	"hub reseed":  nil,
	"hub recover": nil,
	"hub dismiss": nil,
}

// field is one row of a table in docs/json.md.
type field struct {
	kind     string
	optional bool
	seen     bool
}

// TestJSONIsAsDocumented compares what each command prints under a hub with a slot
// at work, and without one, with the tables of docs/json.md: every field printed is
// documented with its type, and every documented one that is not optional is printed.
func TestJSONIsAsDocumented(t *testing.T) {
	sections := readJSONDocs(t)
	root := newWorkspace(t)
	home := t.TempDir()
	runProgram(t, root, home, "hub", "start", "--detach")
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			runProgram(t, root, home, "hub", "stop", "--force")
		}
	}
	t.Cleanup(stop)
	furnish(t, root)
	print := func() {
		for name, fields := range sections {
			lines, ok := documentedJSON[name]
			if !ok {
				t.Errorf("no test prints %q", name)
			}
			for _, line := range lines {
				checkJSON(t, line, fields, runProgram(t, root, home, append(strings.Fields(line), "--json")...))
			}
		}
	}
	print()
	for name, fields := range sections {
		for path, f := range fields {
			if !f.seen && !f.optional && documentedJSON[name] != nil {
				t.Errorf("%s: %s is documented, and not printed", name, path)
			}
		}
	}
	stop()
	print()
	for name := range documentedJSON {
		if sections[name] == nil {
			t.Errorf("%s is not documented", name)
		}
	}
}

// documented compares the one line that the last command has printed with a section
// of docs/json.md: documented SECTION
func documented(ts *testscript.TestScript, _ bool, args []string) {
	fields := readJSONDocs(fatal{ts})[args[0]]
	if documentedJSON[args[0]] != nil || fields == nil {
		ts.Fatalf("docs/json.md has no section for scripts on %q", args[0])
	}
	out := ts.ReadFile("stdout")
	if strings.Count(out, "\n") != 1 {
		ts.Fatalf("not one line: %q", out)
	}
	checkJSON(fatal{ts}, args[0], fields, []byte(out))
	for path, f := range fields {
		if !f.seen && !f.optional {
			ts.Fatalf("%s is documented, and not printed: %s", path, out)
		}
	}
}

// failer is what the comparison needs of a test or a script.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// fatal is a script as a failer.
type fatal struct{ *testscript.TestScript }

func (fatal) Helper()                             {}
func (f fatal) Errorf(format string, args ...any) { f.Fatalf(format, args...) }
func (f fatal) Fatal(args ...any)                 { f.Fatalf("%v", args) }

// furnish gives a hub something of every kind to tell: slots, a sync message that fails, and
// a panic in the log.
func furnish(t *testing.T, root string) {
	t.Helper()
	resp, err := http.Post(hub.FossilURL(root), "application/x-fossil-debug", strings.NewReader("nonsense\n"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	js := jetStream(t, connect(t, root))
	putSession(t, js, "auth")
	appendLog(t, root, 3)
	f, err := os.OpenFile(filepath.Join(root, ".bones", "hub.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("panic: assert\n\ngoroutine 7 [running]:\n"); err != nil {
		t.Fatal(err)
	}
}

// runProgram runs one command line and returns its standard output.
func runProgram(t *testing.T, root, home string, args ...string) []byte {
	t.Helper()
	cmd := program(t, root, args...)
	cmd.Env = append(cmd.Env, "HOME="+home)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v: %v\n%s", args, err, errOut.Bytes())
	}
	return out.Bytes()
}

var (
	sectionTitle = regexp.MustCompile("^## `bones-tui (.*) --json`$")
	fieldRow     = regexp.MustCompile("^\\| `([^`]+)` \\| ([a-z]+)(\\??) \\|")
)

func readJSONDocs(t failer) map[string]map[string]*field {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]map[string]*field{}
	var fields map[string]*field
	for line := range strings.Lines(string(text)) {
		if m := sectionTitle.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			fields = map[string]*field{}
			sections[m[1]] = fields
		} else if m := fieldRow.FindStringSubmatch(line); m != nil && fields != nil {
			fields[m[1]] = &field{kind: m[2], optional: m[3] == "?"}
		}
	}
	// The hub within a status is that of hub status.
	for path, f := range sections["hub status"] {
		if st := sections["status"]; st != nil {
			st["hub."+path] = &field{kind: f.kind, optional: f.optional}
		}
	}
	return sections
}

// checkJSON compares each line of an output with the documented fields.
func checkJSON(t failer, line string, fields map[string]*field, out []byte) {
	t.Helper()
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v map[string]any
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Errorf("%s: %v: %s", line, err, lines.Bytes())
			continue
		}
		for name, v := range v {
			checkField(t, line, fields, name, v)
		}
	}
}

func checkField(t failer, line string, fields map[string]*field, path string, v any) {
	t.Helper()
	f := fields[path]
	if f == nil {
		if dot := strings.LastIndexByte(path, '.'); dot > 0 {
			f = fields[path[:dot]+".*"]
		}
	}
	if f == nil {
		t.Errorf("%s prints %s, which is not documented", line, path)
		return
	}
	f.seen = true
	kind := kindOf(v)
	fits := kind == f.kind || kind == "null" && f.optional || f.kind == "time" && isTime(v)
	if !fits {
		t.Errorf("%s: %s is documented as %s, printed as %s: %v", line, path, f.kind, kind, v)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			checkField(t, line, fields, path+"."+name, inner)
		}
	case []any:
		for _, element := range v {
			if object, ok := element.(map[string]any); ok {
				for name, inner := range object {
					checkField(t, line, fields, path+"[]."+name, inner)
				}
				continue
			}
			checkField(t, line, fields, path+"[]", element)
		}
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func isTime(v any) bool {
	text, ok := v.(string)
	if !ok {
		return false
	}
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil
}
