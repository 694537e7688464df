package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// pkg is a package of the module, without its tests.
type pkg struct {
	path  string // below the module
	fset  *token.FileSet
	files map[string]*ast.File // by base name; those of this system
	lines map[string]int       // of every system
	types *types.Package
	info  *types.Info
}

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, IgnoredGoFiles []string
	Module                  *struct{ Path string }
	DepOnly                 bool
}

// load reads and checks the packages of the module at dir, in the order of their paths.
func load(dir string) ([]*pkg, error) {
	all, err := list(dir)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s is not built", path)
		}
		return os.Open(exports[path])
	})
	var pkgs []*pkg
	for _, l := range all {
		if l.DepOnly || l.Module == nil || len(l.GoFiles) == 0 {
			continue
		}
		p, err := check(fset, imports, l)
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	slices.SortFunc(pkgs, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
	return pkgs, nil
}

// list asks the go command for the module's packages and, built, all they need.
func list(dir string) (all []listed, err error) {
	cmd := exec.Command("go", "list", "-deps", "-export",
		"-json=ImportPath,Dir,Export,GoFiles,IgnoredGoFiles,Module,DepOnly", "./...")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, l)
	}
}

// check parses a package and finds out what each name in it means.
func check(fset *token.FileSet, imports types.Importer, l listed) (*pkg, error) {
	p := &pkg{
		path: strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, l.Module.Path), "/"), fset: fset,
		files: map[string]*ast.File{}, lines: map[string]int{},
		info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}},
	}
	var files []*ast.File
	for i, name := range append(slices.Clone(l.GoFiles), l.IgnoredGoFiles...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(l.Dir, name))
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if ast.IsGenerated(file) {
			continue
		}
		p.lines[name] = bytes.Count(src, []byte{'\n'})
		if i < len(l.GoFiles) {
			p.files[name] = file
			files = append(files, file)
		}
	}
	conf := types.Config{Importer: imports}
	var err error
	p.types, err = conf.Check(l.ImportPath, fset, files, p.info)
	return p, err
}
