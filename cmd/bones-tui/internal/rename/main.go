// Command rename gives the module at the current directory another path:
//
//	make module PATH=example.org/x/y
//
// It changes go.mod, the imports, and the few places beside them that have to name the module. The program keeps its
// name, and so does all that is called after it: directories of state and configuration, clients, reports.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(".", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

// mention is a place beside the imports that names the module; PATH stands for its path.
type mention struct{ file, text string }

var mentions = []mention{
	{".golangci.yml", "module-path: PATH\n"},
	{".golangci.yml", "local-prefixes: [PATH]\n"},
	{"README.md", "-require=PATH@v0.0.0 "},
	{"README.md", "-replace=PATH=../bones-tui"},
	{"README.md", "`import \"PATH/hub\"`"},
}

// run gives the module at dir the path that args name.
func run(dir string, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return errors.New("which path? make module PATH=example.org/x/y")
	}
	was, err := goCommand(dir, "list", "-m")
	if err != nil {
		return err
	}
	r := renaming{dir: dir, was: strings.TrimSpace(was), is: args[0]}
	changed, err := r.all()
	if err != nil {
		return err // before anything is written
	}
	if _, err := goCommand(dir, "mod", "edit", "-module="+r.is); err != nil { // it knows which paths there can be
		return err
	}
	for name, content := range changed {
		if err := os.WriteFile(name, content, 0o644); err != nil { // the mode of a file that exists stays
			return err
		}
	}
	return nil
}

func goCommand(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), nil
}

// renaming is one change of a module's path.
type renaming struct{ dir, was, is string }

// all returns what the files that change shall contain.
func (r renaming) all() (map[string][]byte, error) {
	changed := map[string][]byte{}
	err := filepath.WalkDir(r.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != r.dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir // the go command does not look there either
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		now, err := r.imports(name, content)
		if err == nil && !bytes.Equal(now, content) {
			changed[name] = now
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, r.mentions(changed)
}

// imports returns a Go file with the module's packages imported by their new paths.
func (r renaming) imports(name string, content []byte) ([]byte, error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, content, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, spec := range slices.Backward(f.Imports) { // so that the offsets before it stay
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if rest, own := strings.CutPrefix(path, r.was+"/"); own {
			from, to := files.Position(spec.Path.Pos()).Offset, files.Position(spec.Path.End()).Offset
			content = slices.Replace(slices.Clone(content), from, to, []byte(strconv.Quote(r.is+"/"+rest))...)
		}
	}
	return content, nil
}

// mentions adds the files that name the module elsewhere.
func (r renaming) mentions(changed map[string][]byte) error {
	for _, m := range mentions {
		name := filepath.Join(r.dir, m.file)
		content, ok := changed[name]
		if !ok {
			var err error
			if content, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		was, is := strings.ReplaceAll(m.text, "PATH", r.was), strings.ReplaceAll(m.text, "PATH", r.is)
		if bytes.Count(content, []byte(was)) != 1 {
			return fmt.Errorf("%s: %q is not in it once", m.file, was)
		}
		changed[name] = bytes.Replace(content, []byte(was), []byte(is), 1)
	}
	return nil
}
