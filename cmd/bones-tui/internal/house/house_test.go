package main

import (
	"strings"
	"testing"
)

func TestMeasuresOfASmallModule(t *testing.T) {
	var out strings.Builder
	if err := run(&out, "testdata/small", "", "room.Model", true); err != nil {
		t.Fatal(err)
	}
	const want = `
  lines  files  exported  references  upward  in knots  package
     10      1         2           0       0         0  hall
     27      5         2           7       2         3  room
     10      1         2           0       0         0  hall/...
     27      5         2           7       2         3  room/...

room.Model: 2 fields, 2 methods

hall
   1  hall.go

room
   1  update.go
   2  model.go
        ^ update.go: update
   3  pane.go
        ^ model.go: Model Name
   4  word.go
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestOrderOfAChainHasNothingUpward(t *testing.T) {
	g := graph{}
	for _, edge := range []string{"c d", "a b", "b c", "a d", "e d"} {
		from, to, _ := strings.Cut(edge, " ")
		g.add(from, to, "x")
	}
	if order := g.order(); g.upward(order) != 0 || len(order) != 5 {
		t.Errorf("%v: %d upward", order, g.upward(order))
	}
}

func TestOrderOfACircleBreaksItOnce(t *testing.T) {
	g := graph{}
	files := strings.Fields("a b c d e f g h")
	for i, file := range files {
		g.add(file, files[(i+1)%len(files)], "x")
		g.add(file, "z", "x")
	}
	order := g.order()
	if g.upward(order) != 1 || order[len(order)-1] != "z" {
		t.Errorf("%v: %d upward", order, g.upward(order))
	}
}

func TestAModuleThatDoesNotBuildIsAnError(t *testing.T) {
	if err := run(&strings.Builder{}, t.TempDir(), "", "", false); err == nil {
		t.Error("an empty directory has measures")
	}
}
