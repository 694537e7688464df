// Command picture draws what a terminal shows as a PNG.
//
//	tmux capture-pane -e -p -N -t X > f.ansi
//	go run ./cmd/picture -ansi f.ansi -o f.png
package main

import (
	"flag"
	"fmt"
	"os"

	"bones-tui/tui/termtest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run() error {
	ansi := flag.String("ansi", "", "draw the text with escape sequences in `FILE`")
	out := flag.String("o", "", "write the PNG to `FILE`")
	title := flag.String("title", " ", "`text` of the title bar; empty for no bar")
	light := flag.Bool("light", false, "dark text on a light ground")
	scale := flag.Int("scale", 1, "`times` the normal size, 1 to 4")
	flag.Parse()
	text, err := os.ReadFile(*ansi)
	if err != nil {
		return err
	}
	f, err := termtest.ParseANSI(text, 0, 0)
	if err != nil {
		return err
	}
	p := termtest.Picture{Title: *title, Scale: *scale}
	if *light {
		theme := termtest.LightTheme()
		p.Theme = &theme
	}
	w, err := os.Create(*out)
	if err != nil {
		return err
	}
	if err := p.WritePNG(w, f); err != nil {
		return err
	}
	return w.Close()
}
