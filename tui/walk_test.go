package tui_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/tui"
)

var (
	walkSteps = flag.Int("steps", 3000, "how many steps TestWalk takes")
	walkSeed  = flag.Uint64("seed", 1, "the seed of the first of TestWalk's walks; each further one has the next")
)

// stride is how many steps a walk takes in one world.
const stride = 300

// TestWalk does what nobody would: random keys, mouse events, sizes, data and
// failures, in any order. After each step the frame is one that a terminal can show,
// the model's parts fit together, and what the screen says of a key is true.
//
// The same seed takes the same steps. A longer walk:
//
//	go test ./tui -run TestWalk -steps 1000000 -timeout 0 -v
func TestWalk(t *testing.T) {
	begin, n := time.Now(), (*walkSteps+stride-1)/stride
	t.Run("seeds", func(t *testing.T) {
		for i := range n {
			seed := *walkSeed + uint64(i)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { newWalker(t, seed).walk(stride) })
			})
		}
	})
	t.Logf("%d steps with the seeds %d to %d, in %s", n*stride, *walkSeed, *walkSeed+uint64(n)-1, time.Since(begin).Round(time.Second))
}

// walker is an operator and a world without any sense.
type walker struct {
	t    *testing.T
	r    *rand.Rand
	seed uint64
	w    *world
	f    *fakeInspector
	luck atomic.Pointer[luck]
	s    *tui.Stage
	size [2]int
	past []string // what it did, for whoever has to find out why
}

// move is something that a walker can do, and how often it does.
type move struct {
	weight int
	do     func(*walker)
}

var moves = []move{
	{30, (*walker).pressKey},
	{30, (*walker).takeOffer},
	{4, (*walker).typeText},
	{2, (*walker).pasteText},
	{8, (*walker).useMouse},
	{8, (*walker).resize},
	{10, (*walker).deliver},
	{10, (*walker).pass},
	{4, (*walker).changeStatus},
	{4, (*walker).changeSlots},
	{5, (*walker).growLog},
	{2, (*walker).changeDepths},
	{1, (*walker).loseHub},
	{3, (*walker).changeLuck},
	{1, (*walker).focusTerminal},
}

func (w *walker) walk(steps int) {
	total := 0
	for _, m := range moves {
		total += m.weight
	}
	defer func() {
		if p := recover(); p != nil {
			w.fail("panic: %v\n%s", p, debug.Stack())
		}
	}()
	w.look()
	for i := 0; i < steps && !w.s.Quit; i++ {
		synctest.Wait() // no command runs while the world changes
		at := w.r.IntN(total)
		for _, m := range moves {
			if at -= m.weight; at < 0 {
				m.do(w)
				break
			}
		}
		w.look()
	}
}

// did notes a step.
func (w *walker) did(format string, args ...any) {
	w.past = append(w.past, ansi.Truncate(fmt.Sprintf(format, args...), 100, "…"))
	w.past = w.past[max(0, len(w.past)-25):]
}

func (w *walker) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d: %s\nafter %s\nin %s\nat %dx%d:\n%s", w.seed, fmt.Sprintf(format, args...), strings.Join(w.past, "\n  "),
		w.s.Situation(), w.size[0], w.size[1], plain(w.s.View().Content))
}

// look checks everything that must hold of every frame.
func (w *walker) look() {
	w.t.Helper()
	v := w.s.View()
	rows := strings.Split(v.Content, "\n")
	if len(rows) != w.size[1] {
		w.fail("the frame has %d rows", len(rows))
	}
	for i, row := range rows {
		if n := ansi.StringWidth(row); n > w.size[0] {
			w.fail("row %d has %d cells: %q", i, n, row)
		}
	}
	if bad := unsafeIn(v.Content); bad != "" {
		w.fail("%s", bad)
	}
	if bad := unsafeIn(v.WindowTitle); bad != "" {
		w.fail("the title: %s", bad)
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= w.size[0] || c.Y < 0 || c.Y >= w.size[1]) {
		w.fail("the cursor is at %d, %d", c.X, c.Y)
	}
	if bad := w.s.Broken(); bad != "" {
		w.fail("%s", bad)
	}
}

func (w *walker) pressKey() {
	key := pick(w.r, walkKeys)
	w.did("press %s", key)
	w.s.Send(tui.KeyPress(key))
}

var walkKeys = append(tui.KeyNames(), "delete", "ctrl+w", "ctrl+k", "ctrl+a", "ctrl+v", "界", "-", "\u00ad")

// takeOffer presses a key that the screen names, and something must come of it.
func (w *walker) takeOffer() {
	w.s.Settle(w.t)
	offers := w.s.Offers()
	if len(offers) == 0 {
		return
	}
	o := pick(w.r, offers)
	w.did("take the offer of %s: %s", o.Key, o.Text)
	before := w.s.Mark()
	w.s.Send(tui.KeyPress(o.Key))
	w.s.Settle(w.t)
	if w.s.Mark() == before {
		w.fail("%s does nothing, although the screen says %q", o.Key, o.Text)
	}
}

func (w *walker) typeText() {
	text := w.text()
	w.did("type %q", text)
	for _, r := range []rune(text)[:min(len([]rune(text)), 12)] {
		w.s.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (w *walker) pasteText() {
	text := w.text()
	w.did("paste %q", text)
	w.s.Send(tea.PasteMsg{Content: text})
}

func (w *walker) useMouse() {
	x, y := w.r.IntN(w.size[0]+3)-1, w.r.IntN(w.size[1]+3)-1
	button := pick(w.r, []tea.MouseButton{tea.MouseLeft, tea.MouseLeft, tea.MouseRight, tea.MouseWheelUp, tea.MouseWheelDown, tea.MouseWheelLeft})
	w.did("mouse %s at %d, %d", button, x, y)
	if button == tea.MouseLeft || button == tea.MouseRight {
		w.s.Send(tea.MouseClickMsg{X: x, Y: y, Button: button})
		return
	}
	for range 1 + w.r.IntN(4) {
		w.s.Send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
	}
}

// resize takes any size, most often one that is used.
func (w *walker) resize() {
	switch w.r.IntN(8) {
	case 0:
		w.size = [2]int{1 + w.r.IntN(45), 1 + w.r.IntN(12)}
	case 1:
		w.size = [2]int{40 + w.r.IntN(261), 10 + w.r.IntN(91)}
	case 2, 3:
		w.size = [2]int{40 + w.r.IntN(30), 10 + w.r.IntN(10)}
	default:
		w.size = pick(w.r, [][2]int{{40, 10}, {80, 24}, {100, 24}, {120, 40}, {160, 50}})
	}
	w.did("resize to %dx%d", w.size[0], w.size[1])
	w.s.Send(tea.WindowSizeMsg{Width: w.size[0], Height: w.size[1]})
}

func (w *walker) deliver() {
	n := 1 + w.r.IntN(5)
	w.did("deliver %d", n)
	w.s.Deliver(n)
}

func (w *walker) pass() {
	d := pick(w.r, []time.Duration{time.Millisecond, 100 * time.Millisecond, 350 * time.Millisecond, time.Second, 10 * time.Second, 10 * time.Minute})
	w.did("%s go by", d)
	w.s.Pass(d)
	w.s.Deliver(1 << 20)
}

func (w *walker) focusTerminal() {
	w.did("focus or blur")
	w.s.Send(pick(w.r, []tea.Msg{tea.FocusMsg{}, tea.BlurMsg{}, tea.ResumeMsg{}}))
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// some is a number from 0 on, seldom a large one.
func (w *walker) some(most int) int {
	if w.r.IntN(12) == 0 {
		return w.r.IntN(most + 1)
	}
	return w.r.IntN(min(most, 5) + 1)
}

func (w *walker) chance(of int) bool { return w.r.IntN(of) == 0 }

// text is what may come from outside.
func (w *walker) text() string {
	switch w.r.IntN(10) {
	case 0, 1, 2:
		return pick(w.r, hostile())
	case 3:
		var b strings.Builder
		for range w.r.IntN(12) {
			b.WriteRune(rune(w.r.IntN(0x3000)))
		}
		return b.String()
	case 4:
		return strings.Join([]string{pick(w.r, hostile()), pick(w.r, words), pick(w.r, hostile())}, " ")
	default:
		return strings.Join(words[:w.r.IntN(len(words))], " ")
	}
}

var words = slices.Concat(strings.Fields("level>=warn auth t-7c92 tasks.claim -event:hook /cas/ agent:slot-* rotate the keys 界 soft\u00adhyphen"), []string{""})
