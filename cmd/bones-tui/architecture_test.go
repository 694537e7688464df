package main_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update-docs", false, "write the generated part of ARCHITECTURE.md anew")

const architecture = "../../ARCHITECTURE.md"

var (
	mapRow   = regexp.MustCompile("(?m)^\\| (`[^|]*`) \\| [^|]* \\| ([^|]*)\\|$")
	quoted   = regexp.MustCompile("`([^`]+)`")
	hubSteps = regexp.MustCompile(`(?m)^\t\t\{"([a-z]+)", `)
)

// TestArchitecture compares what ARCHITECTURE.md says of the code with the code.
func TestArchitecture(t *testing.T) {
	b, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("every package has its row, every row its package", func(t *testing.T) { checkCodeMap(t, string(b)) })
	t.Run("the steps of a start", func(t *testing.T) { checkSteps(t, string(b)) })
	t.Run("the counts of interfaces", func(t *testing.T) { checkInterfaces(t, string(b)) })
}

func checkCodeMap(t *testing.T, text string) {
	t.Helper()
	_, text, _ = strings.Cut(text, "## Code map\n")
	text, _, _ = strings.Cut(text, "\n## ")
	var rows []string
	for _, row := range mapRow.FindAllStringSubmatch(text, -1) {
		packages := quoted.FindAllStringSubmatch(row[1], -1)
		for _, p := range packages {
			rows = append(rows, p[1])
			for _, file := range quoted.FindAllStringSubmatch(row[2], -1) {
				if _, err := os.Stat(filepath.Join("../..", p[1], file[1])); err != nil {
					t.Errorf("%s: start reading at %s, which is not there", p[1], file[1])
				}
			}
		}
	}
	var want []string
	for _, p := range listPackages(t) {
		name, _ := p.own(p.ImportPath)
		want = append(want, name)
		if !slices.Contains(rows, name) {
			t.Errorf("%s has no row", name)
		}
	}
	for i, name := range rows {
		if !slices.Contains(want, name) || slices.Contains(rows[:i], name) {
			t.Errorf("the row of %s is of no package, or the second", name)
		}
	}
}

func checkSteps(t *testing.T, text string) {
	t.Helper()
	const head, tail = "<!-- from hub/bringup.go: -->\n", "\n<!-- so far -->"
	before, rest, _ := strings.Cut(text, head)
	got, after, ok := strings.Cut(rest, tail)
	source, err := os.ReadFile("../../hub/bringup.go")
	if err != nil || !ok {
		t.Fatalf("%v, marks %t", err, ok)
	}
	var steps []string
	for _, step := range hubSteps.FindAllStringSubmatch(string(source), -1) {
		steps = append(steps, step[1])
	}
	want := strings.Join(steps, " → ")
	if len(steps) < 10 {
		t.Fatalf("the table of steps is not found: %s", want)
	}
	if *updateDocs {
		if err := os.WriteFile(architecture, []byte(before+head+want+tail+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != want {
		t.Errorf("%s\nis in the code (-update-docs writes it)\n%s", got, want)
	}
}

// checkInterfaces counts the exported interfaces of the screen, also those that its rooms declare and
// it names, and the methods of the one that is a hub.
func checkInterfaces(t *testing.T, text string) {
	t.Helper()
	below := map[string]bool{}
	for _, spec := range exportedTypes(t, "../../tui/internal/*/*.go") {
		if _, ok := spec.Type.(*ast.InterfaceType); ok {
			below[spec.Name.Name] = true
		}
	}
	count, methods := 0, 0
	for _, spec := range exportedTypes(t, "../../tui/*.go") {
		switch typ := spec.Type.(type) {
		case *ast.InterfaceType:
			count++
			if spec.Name.Name == "Hub" {
				methods = typ.Methods.NumFields()
			}
		case *ast.SelectorExpr:
			if below[typ.Sel.Name] {
				count++
			}
		}
	}
	words := strings.Fields("no one two three four five six seven eight nine ten")
	for _, says := range []string{"knows hubs by " + words[min(count, 10)] + " small interfaces", "the same " + words[min(methods, 10)] + " methods"} {
		if !strings.Contains(text, says) {
			t.Errorf("it does not say %q", says)
		}
	}
}

func exportedTypes(t *testing.T, pattern string) (out []*ast.TypeSpec) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				out = append(out, spec)
			}
			return true
		})
	}
	return out
}
