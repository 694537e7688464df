package logview

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// docOf is the comment of a function without its first line.
func docOf(t *testing.T, file, name string) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == name {
			_, doc, _ := strings.Cut(fn.Doc.Text(), "\n")
			return doc
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return ""
}

func TestTheLanguageIsDescribedAlikeInAndOutside(t *testing.T) {
	inside, outside := docOf(t, "internal/query/parse.go", "Parse"), docOf(t, "filter.go", "ParseFilter")
	if inside != outside || !strings.Contains(inside, "name:value") {
		t.Errorf("query.Parse says\n%s\nand ParseFilter\n%s", inside, outside)
	}
}
