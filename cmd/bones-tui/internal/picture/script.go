package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

// step is one line of a script.
type step struct {
	where     string // "FILE:LINE", empty for what the flags say
	verb, arg string
}

func (s step) String() string {
	return strings.TrimPrefix(s.where+": "+s.verb+" "+s.arg, ": ")
}

// parseScript reads a script, and refuses steps that cannot be played before the first one is.
func parseScript(name, text string) ([]step, error) {
	var steps []step
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verb, arg, _ := strings.Cut(line, " ")
		s := step{where: fmt.Sprintf("%s:%d", name, i+1), verb: verb, arg: arg}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("%v: %w", s, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func (s step) check() error {
	if s.arg == "" {
		return fmt.Errorf("says not what")
	}
	switch s.verb {
	case "wait", "gone", "type", "key", "paste", "picture":
		return nil
	case "settle":
		_, err := time.ParseDuration(s.arg)
		return err
	case "resize":
		return new(size).Set(s.arg)
	}
	return fmt.Errorf("no such step")
}

// play does the steps one after another.
func (o options) play(ctx context.Context, c *termtest.Console, script []step) error {
	for _, s := range script {
		if err := o.playStep(ctx, c, s); err != nil {
			return fmt.Errorf("%v: %w", s, err)
		}
	}
	return nil
}

func (o options) playStep(ctx context.Context, c *termtest.Console, s step) error {
	switch s.verb {
	case "wait":
		_, err := c.WaitFor(ctx, s.arg)
		return err
	case "gone":
		_, err := c.WaitForFunc(ctx, func(f termtest.Frame) bool { return !f.Has(s.arg) })
		return err
	case "type":
		return c.Type(s.arg)
	case "paste":
		return c.Paste(s.arg)
	case "key":
		return pressAll(c, strings.Fields(s.arg))
	case "settle":
		quiet, err := time.ParseDuration(s.arg)
		if err != nil {
			return err
		}
		_, err = c.Settle(ctx, quiet)
		return err
	case "resize":
		var to size
		if err := to.Set(s.arg); err != nil {
			return err
		}
		return c.Resize(to.width, to.height)
	default:
		return o.draw(c.Frame(), s.arg)
	}
}

func pressAll(c *termtest.Console, keys []string) error {
	for _, key := range keys {
		if err := c.Key(key); err != nil {
			return err
		}
	}
	return nil
}

// size is the value of -size and of the step resize.
type size struct{ width, height int }

func (s *size) String() string {
	if *s == (size{}) {
		return ""
	}
	return fmt.Sprintf("%dx%d", s.width, s.height)
}

// Set parses "120x40".
func (s *size) Set(text string) error {
	var rest string
	n, err := fmt.Sscanf(text+" .", "%dx%d %s", &s.width, &s.height, &rest)
	if err != nil || n != 3 || rest != "." || s.width < 1 || s.height < 1 {
		return fmt.Errorf("%q is not a size such as 120x40", text)
	}
	return nil
}
