package logpane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/tui/internal/keymap"
)

// Through shows the log through another filter, unless it means the same, and says so if it is
// told to.
func (p *Pane) Through(in *logview.Filter, say bool) tea.Cmd {
	if in.String() == p.Filter.String() {
		return nil
	}
	p.Filter = in
	cmd := p.reopen()
	if say {
		p.sayFilter()
	}
	return cmd
}

// sayFilter tells the end of a filter, where what is new stands, if the heading cuts
// that off.
func (p *Pane) sayFilter() {
	if over := p.text.Width() - p.filterRoom(); over > 0 {
		p.notice.Say("filter: … " + p.text.Window(over, p.text.Width()).String())
	}
}

// reopen shows the log anew: where it was if it is paused, else from its end.
func (p *Pane) reopen() tea.Cmd {
	p.Feed = feed{ID: p.Feed.ID + 1}
	if row, ok := p.Chosen(); !ok {
		p.Window.follow = true
	} else if !p.Window.follow {
		p.Feed.keep = &row
	}
	p.SetFilter(p.Filter, p.Feed.keep != nil)
	if p.counted != nil {
		p.counted.Outdate()
	}
	return p.Open()
}

// feedOpened reads what is to be on the screen, then waits for more.
func (p *Pane) feedOpened(msg feedMsg) tea.Cmd {
	if msg.feed != p.Feed.ID {
		return nil
	}
	p.Feed.view = msg.view
	cmd := tea.Batch(p.src.waitLog(msg.feed, msg.view, 0, progress{}), p.fetchFacets())
	if p.Feed.keep != nil {
		return tea.Batch(cmd, p.src.visit(msg.feed, msg.view, *p.Feed.keep, seek{filter: p.Shown(), settle: true}))
	}
	return cmd
}

// logBatch shows what came in the log, and waits for more.
func (p *Pane) logBatch(msg BatchMsg) tea.Cmd {
	if msg.Feed != p.Feed.ID {
		return nil
	}
	p.Feed.take(msg.Batch.Rows)
	p.SetBatch(msg.Batch)
	return tea.Batch(p.fetchFacets(), p.src.waitLog(p.Feed.ID, p.Feed.view, msg.Batch.Snap.Version, p.Feed.progress))
}

func (p *Pane) logPage(msg pageMsg) {
	switch {
	case msg.feed != p.Feed.ID:
	case msg.err != nil:
		p.Failed()
		p.notice.Fail(msg.err)
	default:
		p.SetPage(msg.fetch, msg.page, p.Feed.newest)
	}
}

// Fetch asks for the rows that the log pane will need next.
func (p *Pane) Fetch() tea.Cmd {
	if p.Feed.view == nil {
		return nil
	}
	f, ok := p.Want()
	if !ok {
		return nil
	}
	return p.src.page(p.Feed.ID, p.Feed.view, f)
}

// Do obeys the actions that read the log; ok is false for any other.
func (p *Pane) Do(a keymap.Action) (cmd tea.Cmd, ok bool) {
	switch a {
	case keymap.Level:
		return p.Through(nextLevel(p.Filter), true), true
	case keymap.Event:
		return p.Through(nextEvent(p.Filter), true), true
	case keymap.Highlight:
		return p.toggleHighlight(), true
	case keymap.NextError, keymap.PrevError:
		return p.seekError(a == keymap.NextError), true
	case keymap.NextMatch, keymap.PrevMatch:
		return p.seekMatch(a == keymap.NextMatch), true
	case keymap.NextMark:
		return p.nextMark(), true
	case keymap.Save:
		return p.src.save(p.Filter), true
	case keymap.Around:
		return p.ShowAround(), true
	case keymap.Unfold:
		return p.unfold(), true
	case keymap.Histogram:
		return p.ToggleHistogram(), true
	default:
		return nil, false
	}
}

// Update obeys the messages about the log.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case feedMsg:
		return p.feedOpened(msg)
	case BatchMsg:
		return p.logBatch(msg)
	case unfoldedMsg:
		p.unfolded(msg)
	case valuesMsg:
		p.seen = msg.values
	case facetsMsg:
		p.facetsRead(msg)
	case pageMsg:
		p.logPage(msg)
	case seekMsg:
		p.sought(msg)
	case savedMsg:
		p.saved(msg)
	case endMsg:
		if msg.feed == p.Feed.ID {
			p.notice.Fail(msg.err)
		}
	}
	return nil
}

// ReadValues reads what completes a filter.
func (p *Pane) ReadValues() tea.Cmd { return p.src.readValues() }

// Open shows the log through the filter that is set.
func (p *Pane) Open() tea.Cmd { return p.src.openFeed(p.Feed.ID, p.Shown()) }

// nextLevel goes through the least levels: all, info, warn, error.
func nextLevel(in *logview.Filter) *logview.Filter {
	level := in.MinLevel()
	if level >= hublog.LevelError {
		return in.Without("level")
	}
	return in.With("level", ">=", strings.ToLower((level + 1).String()))
}

// nextEvent goes through the kinds of event: all, then each alone.
func nextEvent(in *logview.Filter) *logview.Filter {
	kinds := []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError}
	set := in.Events()
	if len(set) == 0 {
		return in.With("event", ":", kinds[0])
	}
	for i, k := range kinds[:len(kinds)-1] {
		if set[0] == k {
			return in.With("event", ":", kinds[i+1])
		}
	}
	return in.Without("event")
}

// counting reports whether anything on the screen shows counts.
func (p *Pane) counting() bool { return p.counted != nil || p.histogram }

// fetchFacets asks for the counts if they are shown.
func (p *Pane) fetchFacets() tea.Cmd {
	if p.Feed.view == nil || !p.counting() {
		return nil
	}
	return p.src.readFacets(p.Feed.ID, p.Feed.view)
}
