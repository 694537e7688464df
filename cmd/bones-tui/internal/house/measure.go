package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
)

// measures are the numbers that are printed of a package, or of several together.
type measures struct{ lines, files, exported, references, upward, knotted int }

func (m *measures) add(other measures) {
	m.lines += other.lines
	m.files += other.files
	m.exported += other.exported
	m.references += other.references
	m.upward += other.upward
	m.knotted += other.knotted
}

func (m *measures) print(w io.Writer, path string) {
	fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t  %s\n", m.lines, m.files, m.exported, m.references, m.upward, m.knotted, path)
}

func measure(p *pkg) measures {
	g := references(p)
	m := measures{
		files: len(p.lines), exported: exported(p),
		references: g.count(), upward: g.upward(g.order()), knotted: g.knotted(),
	}
	for _, n := range p.lines {
		m.lines += n
	}
	return m
}

// exported counts the exported names of a package and the exported methods of its types.
func exported(p *pkg) (n int) {
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		n++
		if named, ok := obj.Type().(*types.Named); ok && !isAlias(obj) {
			for method := range named.Methods() {
				if method.Exported() {
					n++
				}
			}
		}
	}
	return n
}

func isAlias(obj types.Object) bool {
	name, ok := obj.(*types.TypeName)
	return ok && name.IsAlias()
}

// sizeOf counts the fields of a struct and the methods of it and its pointer.
func sizeOf(p *pkg, name string) (fields, methods int, ok bool) {
	obj := p.types.Scope().Lookup(name)
	if obj == nil {
		return 0, 0, false
	}
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return 0, 0, false
	}
	if s, isStruct := named.Underlying().(*types.Struct); isStruct {
		fields = s.NumFields()
	}
	return fields, named.NumMethods(), true
}

// references finds which files of a package name what others declare.
func references(p *pkg) graph {
	g := graph{}
	home := func(pos token.Pos) string { return p.fset.Position(pos).Filename }
	for name, file := range p.files {
		g.file(name)
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := p.info.Uses[id]
			if obj == nil || obj.Pkg() != p.types || !obj.Pos().IsValid() {
				return true
			}
			if to := home(obj.Pos()); to != name {
				g.add(name, to, id.Name)
			}
			return true
		})
		for _, decl := range file.Decls { // a method needs the file of its type
			if recv := receiver(decl); recv != nil && p.info.Uses[recv] != nil {
				if to := home(p.info.Uses[recv].Pos()); to != name {
					g.add(name, to, recv.Name)
				}
			}
		}
	}
	return g
}

// receiver is the name of the type that a declaration adds a method to.
func receiver(decl ast.Decl) *ast.Ident {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
		return nil
	}
	expr := f.Recv.List[0].Type
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if index, ok := expr.(*ast.IndexExpr); ok {
		expr = index.X
	}
	id, _ := expr.(*ast.Ident)
	return id
}
