package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

// recoverFlags say what is to be done with a copy. Without any, copies are shown.
type recoverFlags struct {
	copy      string // part of the path of one
	bringBack bool
	patch     string // file to write
	rev       string // check-in that the patch ends in
	into      string // directory for files of a worktree
	prune     bool   // remove copies of which git has everything
	stop      bool
	stopping  stopFlags
}

func newHubRecoverCommand(rootDir *string) *cobra.Command {
	var f recoverFlags
	cmd := &cobra.Command{
		Use:   "recover [COPY]",
		Short: "Show what saved copies hold that the repository does not, and bring it back",
		Long: "The start of the bones CLI's own hub empties the repository and removes directories of slots. Copies of check-ins\n" +
			"that git has not received, and of edits in worktrees, stay below .bones/recovery, and archives of a reseed beside\n" +
			"the repository; of a .bones that was deleted under a hub, in $XDG_STATE_HOME/bones-tui/recovery. recover lists what they hold and the repository does not; with COPY, a part of a path that only\n" +
			"one of them has, it shows that one, or does with it what the flags say. The copy stays as it is.",
	}
	fs := cmd.Flags()
	fs.BoolVar(&f.bringBack, "bring-back", false, "put check-ins back: in the place of a repository that has only its seed, else on a branch")
	fs.StringVar(&f.patch, "patch", "", "write what trunk of the copy has beyond git to a new file, for git apply")
	fs.StringVar(&f.rev, "check-in", "", "end the patch in this check-in of the copy, not in trunk")
	fs.StringVar(&f.into, "into", "", "write the files of a saved worktree to a new directory")
	fs.BoolVar(&f.prune, "prune", false, "remove the copies of which git has everything, and say which")
	fs.BoolVar(&f.stop, "stop", false, "stop a hub that runs first; refused under active slots")
	f.stopping.register(fs)
	acting(rootDir, cmd, func(a *act) error { return a.recover(&f) })
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError{errors.New("recover takes one COPY")}
		}
		f.copy = strings.Join(args, "")
		return nil
	}
	return cmd
}

// recover shows copies, or does what the flags say with one.
func (a *act) recover(f *recoverFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	ctx, root := a.cmd.Context(), a.done.Root
	if f.stop {
		if err := a.stop(&f.stopping); err != nil {
			return err
		}
	}
	if f.prune {
		return a.prune()
	}
	list, err := hub.Recover(ctx, root)
	if errors.Is(err, hub.ErrRunning) {
		return fmt.Errorf("%s: %w: copies are compared with a repository that nobody writes to; bones-tui hub recover --stop stops the hub first", root, err)
	}
	if err != nil {
		return err
	}
	if f.copy == "" && !f.acts() {
		a.done.Outcome, a.done.Copies = outcomeListed, list
		return a.show(list)
	}
	c, err := f.pick(list)
	if err != nil {
		return err
	}
	switch {
	case f.bringBack:
		return a.bringBack(c)
	case f.patch != "":
		return a.writePatch(c, f)
	case f.into != "":
		n, err := hub.BringBackFiles(ctx, root, c.Path, f.into)
		if err != nil {
			return err
		}
		a.done.Outcome, a.done.Files = outcomeRecovered, &n
		a.say("%d files of slot %s are in %s", n, c.Slot, f.into)
		return nil
	}
	a.done.Outcome, a.done.Copies = outcomeListed, []hub.Recoverable{c}
	if a.asJSON {
		return nil
	}
	return preview(a.cmd.OutOrStdout(), c)
}

func (f *recoverFlags) acts() bool { return f.bringBack || f.patch != "" || f.into != "" }

func (f *recoverFlags) check() error {
	n := 0
	for _, on := range []bool{f.bringBack, f.patch != "", f.into != "", f.prune} {
		if on {
			n++
		}
	}
	switch {
	case n > 1:
		return usageError{errors.New("--bring-back, --patch, --into and --prune exclude each other")}
	case f.prune && f.copy != "":
		return usageError{errors.New("--prune takes no COPY: it looks at all of them")}
	case f.rev != "" && f.patch == "":
		return usageError{errors.New("--check-in belongs to --patch")}
	}
	return nil
}

// pick finds the copy that is meant. Without a name it is the only one that the act fits.
func (f *recoverFlags) pick(list []hub.Recoverable) (c hub.Recoverable, err error) {
	var fit []hub.Recoverable
	for _, c := range list {
		tree := c.Kind == "worktree"
		if strings.Contains(c.Path, f.copy) && (!f.acts() || tree == (f.into != "")) {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) == 0 && f.copy == "":
		return c, errors.New("no copy holds anything of this kind that the repository does not")
	case len(fit) == 0:
		return c, fmt.Errorf("no copy of this kind holds anything and has %q in its path; bones-tui hub recover lists them", f.copy)
	}
	return c, usageError{fmt.Errorf("%d copies are meant, name one: bones-tui hub recover lists them", len(fit))}
}

// show lists copies.
func (a *act) show(list []hub.Recoverable) error {
	if a.asJSON {
		return nil
	}
	if len(list) == 0 {
		a.say("no copy holds anything that the repository of %s does not", a.done.Root)
		return nil
	}
	t := newTable(a.cmd.OutOrStdout())
	t.row("KIND", "TAKEN", "HOLDS", "COPY")
	for _, c := range list {
		t.row(c.Kind, c.Taken.Local().Format(time.DateTime), clean(c.Holds()), clean(c.Path))
	}
	t.print()
	return nil
}

// preview shows one copy.
func preview(w io.Writer, c hub.Recoverable) error {
	fmt.Fprintf(w, "%s, %s\n", clean(c.Path), clean(c.Holds()))
	t := newTable(w)
	for _, ci := range c.CheckIns {
		t.row(ci.UUID[:min(10, len(ci.UUID))], ci.Time.Local().Format(time.DateTime), clean(ci.User), clean(ci.Branch), clean(ci.Comment))
	}
	t.print()
	if more := c.Total - int64(len(c.CheckIns)); more > 0 {
		fmt.Fprintf(w, "and %d older ones\n", more)
	}
	for _, name := range slices.Concat(c.Notes, c.Files) {
		fmt.Fprintln(w, clean(name))
	}
	return nil
}

func (a *act) bringBack(c hub.Recoverable) error {
	done, err := hub.BringBack(a.cmd.Context(), a.done.Root, c.Path)
	if err != nil {
		return err
	}
	a.done.Outcome, a.done.Recovered = outcomeRecovered, &done
	switch {
	case done.Replaced && done.Archive != "":
		a.say("%s: the copy is the repository now; the one before is kept as %s", done.What(), done.Archive)
	case done.Branch != "":
		a.say("%s on branch %s, beside what the repository has", done.What(), done.Branch)
	default:
		a.say("%s", done.What())
	}
	return nil
}

// prune removes what is kept elsewhere for good.
func (a *act) prune() error {
	removed, err := hub.PruneRecovery(a.cmd.Context(), a.done.Root)
	a.done.Outcome, a.done.Removed = outcomePruned, removed
	for _, path := range removed {
		a.say("removed %s", clean(path))
	}
	if err == nil && len(removed) == 0 {
		a.say("nothing removed: there is no copy of which git has everything")
	}
	return err
}

// writePatch writes to a file that is not there yet, and leaves none after an error.
func (a *act) writePatch(c hub.Recoverable, f *recoverFlags) error {
	out, err := os.OpenFile(f.patch, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	n, err := hub.WriteRecoveryPatch(a.cmd.Context(), a.done.Root, c.Path, f.rev, out)
	if err == nil && n == 0 {
		err = errors.New("what it holds changes no file for git; no patch is written")
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(f.patch))
	}
	a.done.Outcome, a.done.Patch, a.done.Files = outcomeRecovered, f.patch, &n
	a.say("%s changes %d files; git apply --3way takes it", f.patch, n)
	return nil
}
