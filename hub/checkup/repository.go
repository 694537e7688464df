package checkup

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// verifyWithin returns the damage that is found within a time.
func verifyWithin(ctx context.Context, repo *fossil.Repo, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := repo.Verify(ctx); errors.Is(err, fossil.ErrCorrupt) {
		return err
	}
	return nil
}

// repository opens the file, looks over its structure, and reads what it can in a while.
func (c *examination) repository(ctx context.Context) {
	repo, err := seed.Open(ctx, c.dir, c.dir.Fossil(), fossil.ReadOnly)
	c.repo = repo
	if errors.Is(err, os.ErrNotExist) {
		c.ok("there is none yet; the first start seeds one from git")
		return
	}
	switch {
	case err != nil:
	case c.damage != "":
		err = errors.New(c.damage)
	case !c.live: // a hub reads it itself
		err = verifyWithin(ctx, repo, lookWithin)
	}
	if err != nil {
		c.blind = true
		c.fail("bones-tui hub recover --stop; if no copy has it, bones-tui hub reseed: the old file is kept", "%v", err)
		return
	}
	st, err := seed.ReadHistory(ctx, repo, seed.LastApplied(c.dir))
	if err != nil {
		c.blind = true
		c.fail("bones-tui hub stop, then bones-tui hub reseed: the old file is kept", "cannot be read: %v", err)
		return
	}
	if tip := st.Tip; tip != nil && tip.Time.After(time.Now().Add(maxAhead)) {
		c.warn("fossil commit --allow-older, or fossil amend --date", "check-in %.10s is dated %s: fossil refuses to commit after it, and it stays the tip until then",
			tip.UUID, tip.Time.UTC().Format(time.DateOnly))
	}
	if n := st.Leaves; n != nil && *n > 1 {
		c.warn(fossilTool(), "trunk has %d leaves: agents have forked it", *n)
	}
	base, err := seed.Base(ctx, repo)
	if n := st.Unapplied; err == nil && n != nil && *n > 0 && c.gitAhead(base) {
		c.warn("bones apply", "git has moved on, but has not received %s; trunk stays as it is until it has", plural.Of(*n, "check-in"))
		return
	}
	unapplied := int64(0)
	if st.Unapplied != nil {
		unapplied = *st.Unapplied
	}
	c.ok("sound, %s, %d of them not applied to git", plural.Of(*st.CheckIns, "check-in"), unapplied)
}

// maxAhead is how far ahead of ours the clock of whoever made a check-in may be.
const maxAhead = 24 * time.Hour

// fossilTool says how to look into a repository by hand, if that is possible here.
func fossilTool() string {
	if _, err := exec.LookPath("fossil"); err != nil {
		return ""
	}
	return "fossil timeline -R .bones/hub.fossil"
}
