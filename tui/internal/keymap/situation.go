package keymap

// Scope is a set of places in which a key is heard.
type Scope uint16

// The places, and some of them together.
const (
	InNATS Scope = 1 << iota
	InFossil
	InSlots
	InLog
	InNews
	InFilter
	InHelp
	InDetail
	InPicker
	InFacets

	inPanes = InNATS | InFossil | InSlots | InLog | InNews
	inLists = InSlots | InLog | InNews
	inText  = inLists | InDetail
	inMoves = inText | InFacets | InHelp
)

// Situation is everything that decides which keys are valid now.
type Situation struct {
	At        Scope // exactly one place
	Down      bool  // there is no hub behind the screen
	Draining  bool  // a stop was accepted
	Steady    bool  // the hub is neither coming up nor going down
	Owned     bool  // the hub runs in this process
	ReadOnly  bool  // nothing may be done to the hub
	Zoomed    bool  // a pane was given the screen
	Failed    bool  // a failure waits to be dismissed
	Filtered  bool  // the log shows only part
	Single    bool  // one pane fills the screen
	Paused    bool  // the log does not follow
	Marking   bool  // the log shows all and marks what matches
	CanSave   bool  // there is a place for saved logs
	Overlaid  bool  // a box over the panes can be taken away
	Waiting   bool  // a stop waits for slots
	Busy      bool  // what was asked for the hub is under way
	HandOver  bool  // the hub can be left to a process in the background
	CanReseed bool  // there is somebody who can

	CanRecover bool // there is somebody who can
	Findings   bool // a detail lists what is wrong
	Copies     bool // a detail lists copies
	Saved      bool // there is a copy with check-ins under the cursor, or shown
	SavedTree  bool // or one of a worktree

	CanOpen  bool // in a detail: the row under the cursor can be opened
	Slots    bool // the table of slots has a row
	List     bool // a detail with a table
	Sortable bool // by its columns
	Sorted   bool // by one of its columns
	Tabbed   bool // a detail that has siblings
	Timeline bool // there is a timeline of what happened
	Around   bool // the filter is lifted to show the lines around one
	Folded   bool // the line under the cursor has more lines
	News     bool // there is room for the news
	Forgets  bool // the open list has something that can be forgotten
	Above    bool // what is open has rows above: of the cursor, or out of sight
	Below    bool // and below
	Older    bool // the filter input has an older text than this one
	Newer    bool // and a newer one
	Chosen   bool // there is a value under the cursor of the facets
	Undoable bool // and a choice that can be taken back
	Copyable bool // the open detail has something to copy

	Dismissable bool // the open list begins with something that can be dismissed
}

func (s Situation) up() bool { return !s.Down }

// CanForce reports whether the hub can be stopped by force. A read-only screen does
// nothing to it.
func (s Situation) CanForce() bool { return s.up() && !s.ReadOnly && !s.Busy }

func (s Situation) canStop() bool { return s.CanForce() && !s.Draining }

// CanStart reports whether a hub can be started.
func (s Situation) CanStart() bool { return !s.up() && !s.ReadOnly && !s.Busy }

// anySlot: the table has a row.
func (s Situation) anySlot() bool { return s.Slots }

// settled: a steady hub that something may be done to.
func (s Situation) settled() bool { return s.Steady && !s.ReadOnly && !s.Busy }

func (s Situation) canHandOver() bool { return s.settled() && s.HandOver }

func (s Situation) canReseedNow() bool { return s.CanReseed && (s.settled() || s.CanStart()) }

// What may be done with a copy, which needs the hub to be down.
func (s Situation) canRescue() bool { return !s.up() && !s.Busy }

func (s Situation) canBringBack() bool { return s.Saved && s.canRescue() && !s.ReadOnly }

func (s Situation) canPatchCopy() bool { return s.Saved && s.canRescue() }

func (s Situation) canWriteTree() bool { return s.SavedTree && s.canRescue() }

// canSuspend: a hub of our own would freeze with its screen.
func (s Situation) canSuspend() bool { return !s.Owned || !s.up() }
