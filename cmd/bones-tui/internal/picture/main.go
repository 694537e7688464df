// Command picture draws what a terminal shows as a PNG.
//
// It runs a command in a terminal in memory, plays a script of keys, and draws the screen at the end or where the script says so:
//
//	go run ./cmd/bones-tui/internal/picture -o docs/x.png -size 120x40 -keys docs/x.keys -- bones-tui demo
//
// Or it draws the screen of a program that runs in tmux:
//
//	tmux capture-pane -e -p -N -t X > x.ansi
//	go run ./cmd/bones-tui/internal/picture -o x.png -ansi x.ansi
//
// The script has one step on each line; empty lines and lines that start with # are skipped:
//
//	wait TEXT       until the screen shows TEXT within one line
//	gone TEXT       until it does not
//	type TEXT       as if typed; the words are not changed
//	key NAME…       such as q, enter, esc, shift+tab, ctrl+c, pgdown, f5
//	paste TEXT      as a terminal pastes
//	settle 300ms    until nothing has been written for that long
//	resize 80x24    the terminal
//	picture FILE    write a PNG of the screen
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

func main() {
	err := run(os.Args[1:])
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "picture:", strings.ReplaceAll(err.Error(), "\n", "; "))
	os.Exit(1)
}

// options are the flags and the command.
type options struct {
	out, ansi, keys, wait string
	size                  size
	timeout               time.Duration
	picture               termtest.Picture
	theme                 termtest.Theme
	command               []string
}

func parse(args []string) (options, error) {
	o := options{theme: termtest.DarkTheme()}
	f := flag.NewFlagSet("picture", flag.ContinueOnError)
	f.StringVar(&o.out, "o", "", "write the PNG of the last screen to `FILE`")
	f.StringVar(&o.ansi, "ansi", "", "draw the text with escape sequences in `FILE`, such as tmux capture-pane -e -p -N writes")
	f.StringVar(&o.keys, "keys", "", "play the script in `FILE`")
	f.StringVar(&o.wait, "wait", "", "wait for `TEXT` before the script")
	f.Var(&o.size, "size", "`COLSxROWS` of the terminal (default 120x40, with -ansi that of the text)")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "give up after this `time`")
	f.StringVar(&o.picture.Title, "title", "", "`text` of the title bar (default what the program sets)")
	bare := f.Bool("bare", false, "no title bar")
	light := f.Bool("light", false, "dark text on a light ground")
	f.IntVar(&o.picture.Scale, "scale", 1, "`times` the normal size, 1 to 4")
	f.SetOutput(io.Discard) // an error is one line
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(os.Stdout)
			f.PrintDefaults()
		}
		return o, err
	}
	if *light {
		o.theme = termtest.LightTheme()
	}
	if !*bare && o.picture.Title == "" {
		o.picture.Title = " "
	}
	o.picture.Theme = &o.theme
	o.command = f.Args()
	if (o.ansi == "") == (len(o.command) == 0) {
		return o, errors.New("give either -ansi FILE or a command after --")
	}
	if o.out == "" && o.keys == "" {
		return o, errors.New("give -o FILE, or -keys FILE with a picture step")
	}
	return o, nil
}

func run(args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.ansi != "" {
		return o.drawText()
	}
	return o.drawCommand()
}

// drawText draws a file with escape sequences.
func (o options) drawText() error {
	text, err := os.ReadFile(o.ansi)
	if err != nil {
		return err
	}
	f, err := termtest.ParseANSI(text, o.size.width, o.size.height)
	if err != nil {
		return err
	}
	return o.draw(f, o.out)
}

// drawCommand runs the command and draws its screen.
func (o options) drawCommand() error {
	var script []step
	if o.wait != "" {
		script = append(script, step{verb: "wait", arg: o.wait})
	}
	if o.keys != "" {
		text, err := os.ReadFile(o.keys)
		if err != nil {
			return err
		}
		steps, err := parseScript(o.keys, string(text))
		if err != nil {
			return err
		}
		script = append(script, steps...)
	}
	if o.out != "" {
		script = append(script, step{verb: "settle", arg: "300ms"}, step{verb: "picture", arg: o.out})
	}
	if o.size == (size{}) {
		o.size = size{120, 40}
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	c, err := termtest.Open(exec.Command(o.command[0], o.command[1:]...), o.size.width, o.size.height, o.theme)
	if err != nil {
		return err
	}
	return errors.Join(o.play(ctx, c, script), stop(c))
}

// grace is how long the command may take to end when the pictures are drawn.
const grace = 5 * time.Second

// stop asks the command to end, and ends it when it does not.
func stop(c *termtest.Console) error {
	if c.Signal(syscall.SIGTERM) == nil {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		_, _ = c.Wait(ctx) // Close ends what is left
	}
	return c.Close()
}

// draw writes the picture of f.
func (o options) draw(f termtest.Frame, path string) error {
	p := o.picture
	if p.Title == " " && f.Title != "" {
		p.Title = f.Title
	}
	return p.WriteFile(path, f)
}
