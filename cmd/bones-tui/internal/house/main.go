// Command house measures how the code of this module is divided: for each package its
// lines, files and exported names, the references between its files, and how many of
// those run against the reading order; for the screen the fields and methods of its root
// model.
//
//	go run ./cmd/bones-tui/internal/house [-in tui] [-v] [DIR]
//
// A file may refer only to files below it. The order is the one that the program finds:
// the groups of files that reach each other, in topological order, and within a group an
// order with few references upward (see order.go). Files that reach each other are in a
// knot: none of them can be read without the others. A reference is a pair of files of one
// package of which the first names something that the second declares: a type, a
// function, a method, a field, a variable or a constant. However often it does so, it
// counts once. References between packages always run downward, for Go has no import
// cycles, so the sums over a folder hold for all that came out of one package.
//
// Tests and generated files are left out. Lines and files count for every system,
// references for the one that it runs on.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

func main() {
	in := flag.String("in", "", "only the packages in this folder of the module")
	files := flag.Bool("v", false, "print the order of the files and the references against it")
	root := flag.String("root", "tui.model", "the type whose fields and methods are counted")
	flag.Parse()
	dir := "."
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	if err := run(os.Stdout, dir, *in, *root, *files); err != nil {
		fmt.Fprintln(os.Stderr, "house:", err)
		os.Exit(1)
	}
}

// run prints the measures of the module at dir.
func run(w io.Writer, dir, in, root string, files bool) error {
	pkgs, err := load(dir)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "lines\tfiles\texported\treferences\tupward\tin knots\t  package")
	sums := map[string]*measures{}
	for _, p := range pkgs {
		if !within(p.path, in) {
			continue
		}
		m := measure(p)
		m.print(out, p.path)
		top, _, _ := strings.Cut(p.path, "/")
		if sums[top] == nil {
			sums[top] = &measures{}
		}
		sums[top].add(m)
	}
	for _, top := range sortedKeys(sums) {
		sums[top].print(out, top+"/...")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	printRoot(w, pkgs, root)
	for _, p := range pkgs {
		if files && within(p.path, in) {
			printOrder(w, p)
		}
	}
	return nil
}

// printRoot prints the size of a type, given as package and name, if it is there.
func printRoot(w io.Writer, pkgs []*pkg, root string) {
	path, name, _ := strings.Cut(root, ".")
	for _, p := range pkgs {
		if fields, methods, ok := sizeOf(p, name); ok && p.path == path {
			fmt.Fprintf(w, "\n%s: %d fields, %d methods\n", root, fields, methods)
		}
	}
}

func within(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

// printOrder prints the files of a package, those that use others first, each with what
// it needs from files above it.
func printOrder(w io.Writer, p *pkg) {
	g := references(p)
	fmt.Fprintf(w, "\n%s\n", p.path)
	place := map[string]int{}
	order := g.order()
	for i, file := range order {
		place[file] = i
	}
	for i, file := range order {
		fmt.Fprintf(w, "%4d  %s\n", i+1, file)
		for _, to := range sortedKeys(g[file]) {
			if place[to] < i {
				fmt.Fprintf(w, "        ^ %s: %s\n", to, strings.Join(sortedKeys(g[file][to]), " "))
			}
		}
	}
}
