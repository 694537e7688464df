package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rules is the import graph: which packages of this module each package may
// import, and which outside ones only it may. A package that is not listed fails
// the test, so adding one is a decision.
var rules = []struct {
	pkg    string
	may    []string // packages of this module
	sole   []string // prefixes of outside packages that this one may import
	reason string
}{
	{"cmd/bones-tui", []string{"cmd/bones-tui/internal/config", "cmd/bones-tui/internal/demo", "hub", "hub/checkup", "hub/findings", "logview", "logview/safe", "slots", "tui"}, nil, "ties everything together"},
	{"cmd/bones-tui/internal/config", []string{"tui"}, nil, "reads a file for the dashboard, which reads none"},
	{"cmd/bones-tui/internal/demo", []string{"hub", "hub/bonesdir", "hub/fossil", "slots"}, nil, "a workspace with agents at work, made as they make one"},
	{"cmd/picture", []string{"tui/termtest"}, nil, "a tool beside the program"},
	{"tui", []string{"hub", "hub/bonesdir/durable", "hub/findings", "logview", "logview/safe", "slots", "tui/internal/alarms", "tui/internal/cells", "tui/internal/commands", "tui/internal/details", "tui/internal/dialogs", "tui/internal/filters", "tui/internal/hubstate", "tui/internal/input", "tui/internal/keymap", "tui/internal/layout", "tui/internal/logpane", "tui/internal/logrow", "tui/internal/memory", "tui/internal/newspane", "tui/internal/notice", "tui/internal/overlays", "tui/internal/pace", "tui/internal/picker", "tui/internal/scroll", "tui/internal/services", "tui/internal/slotspane", "tui/internal/subjects"}, []string{charm}, "knows hubs through its own interfaces and their data types"},
	{"tui/internal/alarms", []string{"logview/safe", "slots", "tui/internal/cells", "tui/internal/details", "tui/internal/hubstate", "tui/internal/notice", "tui/internal/slotspane"}, nil, "decides from facts; rings nothing itself"},
	{"tui/internal/cells", []string{"hub/units", "logview/safe"}, []string{charm}, "draws; knows neither hubs nor panes nor keys"},
	{"tui/internal/commands", nil, []string{charm}, "runs functions, whatever they do"},
	{"tui/internal/details", []string{"hub/hublog", "hub/inspect", "logview", "logview/safe", "tui/internal/cells", "tui/internal/commands", "tui/internal/keymap", "tui/internal/layout", "tui/internal/logrow", "tui/internal/notice", "tui/internal/scroll"}, []string{charm}, "shows subjects, whatever they are about"},
	{"tui/internal/dialogs", []string{"hub", "slots", "tui/internal/cells", "tui/internal/notice"}, []string{charm}, "asks; whoever asks obeys the answer"},
	{"tui/internal/filters", []string{"hub/bonesdir/durable"}, nil, "reads and writes one file"},
	{"tui/internal/hubstate", []string{"hub", "logview/safe", "tui/internal/cells", "tui/internal/notice"}, nil, "one value, which every pane is told"},
	{"tui/internal/input", []string{"logview", "logview/safe", "tui/internal/cells", "tui/internal/layout"}, []string{charm}, "types filters; knows nothing that is filtered"},
	{"tui/internal/keymap", nil, []string{charm}, "a table; knows neither what it opens nor who obeys"},
	{"tui/internal/layout", []string{"tui/internal/cells", "tui/internal/keymap"}, nil, "a pure function of sizes"},
	{"tui/internal/logpane", []string{"hub/hublog", "logview", "logview/safe", "tui/internal/cells", "tui/internal/commands", "tui/internal/keymap", "tui/internal/layout", "tui/internal/logrow", "tui/internal/notice", "tui/internal/picker", "tui/internal/scroll"}, []string{charm}, "shows a log through a filter, of any hub or none"},
	{"tui/internal/logrow", []string{"hub/hublog", "logview", "tui/internal/cells", "tui/internal/layout"}, []string{charm}, "draws a row, for whoever shows one"},
	{"tui/internal/memory", nil, nil, "reads one file"},
	{"tui/internal/newspane", []string{"hub", "hub/findings", "logview", "logview/safe", "slots", "tui/internal/cells", "tui/internal/details", "tui/internal/hubstate", "tui/internal/keymap", "tui/internal/layout", "tui/internal/logrow", "tui/internal/notice", "tui/internal/slotspane", "tui/internal/subjects"}, nil, "draws what it is told"},
	{"tui/internal/notice", []string{"hub", "logview/safe", "tui/internal/cells"}, nil, "every part tells through it"},
	{"tui/internal/overlays", []string{"logview", "tui/internal/cells", "tui/internal/hubstate", "tui/internal/logrow"}, nil, "draws what it is told"},
	{"tui/internal/pace", []string{"tui/internal/commands"}, []string{charm}, "stands between any model and its program"},
	{"tui/internal/picker", []string{"logview", "tui/internal/cells", "tui/internal/input", "tui/internal/keymap", "tui/internal/scroll"}, []string{charm}, "chooses; knows not who has asked"},
	{"tui/internal/scroll", []string{"tui/internal/keymap"}, nil, "numbers of rows, whatever they are rows of"},
	{"tui/internal/services", []string{"hub", "hub/natsd", "logview/safe", "tui/internal/cells", "tui/internal/hubstate", "tui/internal/layout"}, nil, "draws what it is told of the hub"},
	{"tui/internal/slotspane", []string{"logview", "logview/safe", "slots", "tui/internal/cells", "tui/internal/keymap", "tui/internal/layout", "tui/internal/scroll"}, nil, "draws what it is told of the slots"},
	{"tui/internal/subjects", []string{"hub", "hub/findings", "hub/hublog", "hub/inspect", "logview", "logview/safe", "slots", "tui/internal/cells", "tui/internal/details", "tui/internal/logrow", "tui/internal/slotspane"}, nil, "reads hubs through small interfaces"},
	{"tui/termtest", nil, nil, "drives any program in a terminal"},
	{"hub", []string{"hub/bonesdir", "hub/bonesdir/inside", "hub/bonesdir/durable", "hub/fossil", "hub/hublog", "hub/inspect", "hub/internal/blocks", "hub/internal/copies", "hub/internal/door", "hub/internal/family", "hub/internal/gittree", "hub/internal/health", "hub/internal/incident", "hub/internal/lastrun", "hub/internal/memory", "hub/internal/origin", "hub/internal/owner", "hub/internal/plural", "hub/internal/seed", "hub/internal/slotwork", "hub/internal/storage", "hub/internal/tasklog", "hub/internal/throttle", "hub/internal/usage", "hub/natsd", "hub/proc", "hub/registry", "slots"}, nil, "assembles the services"},
	{"hub/findings", []string{"hub", "hub/units", "logview/safe", "slots"}, nil, "one type for whatever needs a look, below the screen; writes names into commands, so it cleans them"},
	{"hub/units", nil, nil, "a leaf"},
	{"hub/checkup", []string{"hub", "hub/bonesdir", "hub/bonesdir/inside", "hub/findings", "hub/fossil", "hub/internal/blocks", "hub/internal/copies", "hub/internal/gittree", "hub/internal/health", "hub/internal/incident", "hub/internal/lastrun", "hub/internal/owner", "hub/internal/plural", "hub/internal/seed", "hub/internal/slotwork", "hub/internal/usage", "hub/proc", "hub/registry", "slots"}, nil, "the doctor: looks at all of it from outside"},
	{"cmd/bones-tui/internal/picture", []string{"cmd/bones-tui/internal/termtest"}, nil, "a tool beside the program"},
	{"cmd/bones-tui/internal/termtest", nil, nil, "drives any program in a terminal"},
	{"hub/internal/family", []string{"hub/bonesdir", "hub/bonesdir/inside"}, nil, "hands descriptors from process to process"},
	{"hub/internal/lastrun", []string{"hub/bonesdir", "hub/bonesdir/durable", "hub/bonesdir/inside", "hub/fossil", "hub/internal/blocks", "hub/internal/copies", "hub/internal/incident", "hub/internal/plural", "hub/internal/seed", "hub/natsd", "slots"}, nil, "what a start and the doctor both look for: nothing here says when"},
	{"hub/internal/slotwork", []string{"hub/bonesdir", "hub/bonesdir/inside", "hub/fossil", "hub/internal/copies", "hub/internal/seed"}, nil, "what a slot has alone, for whoever removes it and for the doctor"},
	{"hub/internal/health", nil, nil, "a leaf"},
	{"hub/internal/usage", []string{"hub/bonesdir"}, nil, "looks at files and needs no hub for it"},
	{"hub/internal/seed", []string{"hub/bonesdir", "hub/bonesdir/inside", "hub/fossil", "hub/internal/gittree", "hub/internal/origin", "slots"}, nil, "git and the repository, compared and brought together; knows no service"},
	{"hub/internal/gittree", []string{"hub/fossil"}, nil, "the one place that runs git; knows which names the engine takes"},
	{"hub/internal/hubtest", []string{"hub", "slots"}, nil, "one suite over every kind of hub"},
	{"hub/internal/reference", []string{"hub/bonesdir", "hub/fossil", "hub/hublog", "hub/registry"}, nil, "stands for a program that knows nothing of ours; serves tests only"},
	{"hub/bonesdir", []string{"hub/bonesdir/durable", "hub/bonesdir/inside"}, nil, "a leaf: the only place that knows names on disk"},
	{"hub/bonesdir/inside", nil, nil, "a leaf: the one way to open what may have come with a checkout"},
	{"hub/bonesdir/durable", nil, nil, "a leaf"},
	{"hub/inspect", []string{"hub/fossil"}, nil, "reads pages; is handed what of a hub can be reached"},
	{"hub/internal/tasklog", []string{"hub/hublog", "slots"}, nil, "what task events mean, for records and for the log"},
	{"hub/internal/tasklog/tasktest", []string{"slots"}, nil, "serves tests only"},
	{"hub/internal/peertest", nil, nil, "a leaf that serves tests only"},
	{"hub/internal/disktest", nil, nil, "a leaf that serves tests only"},
	{"hub/internal/nobodytest", nil, nil, "a leaf that serves tests only"},
	{"hub/internal/origin", []string{"hub/bonesdir", "hub/bonesdir/durable", "hub/bonesdir/inside"}, nil, "whose hubs have made what is there"},
	{"hub/internal/copies", []string{"hub/bonesdir", "hub/bonesdir/durable", "hub/bonesdir/inside", "hub/fossil"}, nil, "second copies of what exists once: files only, it knows no hub"},
	{"hub/internal/plural", nil, nil, "a leaf"},
	{"hub/internal/storage", nil, nil, "a leaf"},
	{"hub/internal/blocks", []string{"hub/bonesdir/inside"}, nil, "reads what nats-server has written, and needs no server for it"},
	{"hub/internal/incident", []string{"hub/bonesdir", "hub/bonesdir/durable", "hub/bonesdir/inside"}, nil, "one file, for hubs and for those who run without one"},
	{"hub/internal/memory", nil, nil, "a leaf"},
	{"hub/internal/door", []string{"hub/proc"}, nil, "asks the kernel whose a connection is"},
	{"hub/internal/throttle", []string{"hub/hublog"}, nil, "in front of the log"},
	{"hub/hublog", nil, nil, "a leaf, so that a reader need not link two servers"},
	{"hub/natsd", []string{"hub/bonesdir/inside"}, []string{natsServer}, "the only importer of nats-server"},
	{"hub/internal/owner", []string{"hub/bonesdir", "hub/bonesdir/inside", "hub/proc"}, nil, "whose hub it is; below hub, so that every command asks the same"},
	{"hub/internal/owner/ownertest", []string{"hub/bonesdir", "hub/internal/owner"}, nil, "stand-ins for hubs, for the tests"},
	{"hub/proc", nil, nil, "a leaf"},
	{"hub/registry", []string{"hub/bonesdir", "hub/bonesdir/durable"}, nil, "the list of this user's hubs, by the names of their workspaces"},
	{"slots", []string{"hub/bonesdir", "hub/bonesdir/inside", "hub/hublog", "hub/proc"}, nil, "not hub, so that hub can use it for the stop guard"},
	{"logview", []string{"hub/bonesdir/inside", "hub/hublog", "logview/internal/lines", "logview/internal/query", "logview/internal/row", "logview/internal/search", "logview/safe"}, nil, "works without a hub"},
	{"logview/internal/lines", []string{"hub/hublog", "logview/internal/row"}, nil, "one line and the shape of the one before: opens no files"},
	{"logview/internal/query", []string{"hub/hublog", "logview/internal/row", "logview/internal/search", "logview/safe"}, nil, "the filter language: reads no files, knows no index"},
	{"logview/internal/row", []string{"hub/hublog"}, nil, "what the index and the language both know of a row"},
	{"logview/internal/search", nil, nil, "a leaf: bytes in lines, whatever they mean"},
	{"logview/safe", nil, nil, "a leaf: the one way for outside text to the screen"},
}

const (
	charm      = "charm.land/"
	natsServer = "github.com/nats-io/nats-server"
	sqlite     = "github.com/ncruces/go-sqlite3"
)

// cmdCharm is what the command may take of the Charm libraries.
var cmdCharm = []string{"charm.land/fang", "charm.land/bubbletea"}

func TestImportsFollowTheRules(t *testing.T) {
	for _, p := range listPackages(t) {
		name, _ := p.own(p.ImportPath)
		if strings.HasPrefix(name, "hub/fossil") {
			checkFossil(t, name, p)
			continue
		}
		if isTooling(name) {
			continue
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return r.pkg == name })
		if i < 0 {
			t.Errorf("%s: not in the table of rules", name)
			continue
		}
		for _, imp := range p.Imports {
			checkImport(t, rules[i], p, imp)
		}
	}
}

type rule = struct {
	pkg    string
	may    []string
	sole   []string
	reason string
}

func checkImport(t *testing.T, r rule, p goPackage, imp string) {
	t.Helper()
	if own, ok := p.own(imp); ok {
		if !slices.Contains(r.may, own) {
			t.Errorf("%s imports %s; allowed are %v: %s", r.pkg, own, r.may, r.reason)
		}
		return
	}
	for _, fenced := range []string{charm, natsServer, sqlite} {
		if !strings.HasPrefix(imp, fenced) || slices.Contains(r.sole, fenced) {
			continue
		}
		if r.pkg == "cmd/bones-tui" && hasAnyPrefix(imp, cmdCharm) {
			continue
		}
		t.Errorf("%s imports %s, which is another package's to import", r.pkg, imp)
	}
}

// checkFossil keeps the engine to itself: it imports nothing of the module but
// its own internals, and SQLite only through one of them.
func checkFossil(t *testing.T, name string, p goPackage) {
	t.Helper()
	for _, imp := range p.Imports {
		own, ok := p.own(imp)
		if ok && !strings.HasPrefix(own, "hub/fossil/internal/") && name != "hub/fossil/internal/bench" {
			t.Errorf("%s imports %s; the engine stands alone", name, own)
		}
		if strings.HasPrefix(imp, sqlite) && name != "hub/fossil/internal/sqlite" {
			t.Errorf("%s imports %s; SQLite is reached through hub/fossil/internal/sqlite", name, imp)
		}
	}
}

// tooling only serves the module's own tests and measurements; it may import anything.
var tooling = []string{"cmd/bones-tui/internal/house", "cmd/bones-tui/internal/rename", "logview/internal/benchlog", "logview/internal/loggen", "logview/internal/logtest", "tui/internal/keymap/keytest"}

// isTooling reports whether a package is one of those, or below one.
func isTooling(name string) bool {
	return slices.ContainsFunc(tooling, func(dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") })
}

func hasAnyPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Module     struct{ Path string }
}

// own returns the path of a package below the module, if it is one of the module's.
func (p goPackage) own(path string) (name string, ok bool) {
	return strings.CutPrefix(path, p.Module.Path+"/")
}

func listPackages(t *testing.T) (pkgs []goPackage) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Module", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}
