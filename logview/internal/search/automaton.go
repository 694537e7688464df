package search

import (
	"bytes"
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"unicode/utf8"
)

// Automaton answers whether a regular expression matches in a line of ASCII,
// as a deterministic automaton whose states are made when they are first
// reached. It is many times faster than package regexp, which must know where
// the match lies, and as safe: the states are bounded, and whatever it does
// not handle (boundaries inside the line, text beyond ASCII, too many states)
// is left to package regexp.
type Automaton struct {
	prog    *syntax.Prog
	prefix  []byte     // each match begins with it
	classes [256]uint8 // bytes that no instruction tells apart; the last is of those beyond ASCII
	samples []byte     // one byte of each class

	mu   sync.Mutex
	idle []*machine
}

const (
	maxInstructions = 2000
	maxStates       = 1000
	maxFlushes      = 8
)

// NewAutomaton returns nil for an expression that it cannot handle.
func NewAutomaton(re *syntax.Regexp) *Automaton {
	prog, err := syntax.Compile(re)
	if err != nil || len(prog.Inst) > maxInstructions {
		return nil
	}
	const ends = syntax.EmptyBeginText | syntax.EmptyEndText
	for i := range prog.Inst {
		if in := &prog.Inst[i]; in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&^ends != 0 {
			return nil
		}
	}
	prefix, _ := prog.Prefix()
	a := &Automaton{prog: prog, prefix: []byte(prefix)}
	a.classify()
	return a
}

// classify finds the bytes that the instructions tell apart.
func (a *Automaton) classify() {
	known := map[string]uint8{}
	for c := range rune(utf8.RuneSelf) {
		var signature []byte
		for i := range a.prog.Inst {
			if in := &a.prog.Inst[i]; isRune(in) {
				bit := byte('0')
				if in.MatchRune(c) {
					bit = '1'
				}
				signature = append(signature, bit)
			}
		}
		id, ok := known[string(signature)]
		if !ok {
			id = uint8(len(a.samples))
			known[string(signature)] = id
			a.samples = append(a.samples, byte(c))
		}
		a.classes[c] = id
	}
	for c := utf8.RuneSelf; c < len(a.classes); c++ {
		a.classes[c] = uint8(len(a.samples))
	}
	a.samples = append(a.samples, utf8.RuneSelf)
}

func isRune(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	default:
		return false
	}
}

// Match reports whether the expression matches in line; it is not sure if that
// takes package regexp.
func (a *Automaton) Match(line []byte) (matched, sure bool) {
	m := a.borrow()
	matched, sure = m.match(line)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, m)
	return matched, sure
}

// borrow takes a machine that nobody uses; there are as many as have been in
// use at once.
func (a *Automaton) borrow() *machine {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.idle)
	if n == 0 {
		return a.machine()
	}
	m := a.idle[n-1]
	a.idle = a.idle[:n-1]
	return m
}

// What a state leads to if it is none that goes on.
const (
	stateUnknown = -3 + iota // not found out yet, or never
	stateMatch               // it has matched
	stateDead                // it cannot match any more
)

// machine is the part of an automaton that has been built so far. It serves
// one goroutine at a time. A state is where its row in next begins.
type machine struct {
	a       *Automaton
	next    []int32 // by state and class
	sets    [][]uint32
	accepts []bool // by row: it matches if the line ends here
	ids     map[string]int32
	start   int32
	flushes int
	mark    []uint32 // by instruction: the round in which it was added
	round   uint32
}

func (a *Automaton) machine() *machine {
	m := &machine{a: a, mark: make([]uint32, len(a.prog.Inst))}
	m.flush()
	return m
}

// flush forgets all states.
func (m *machine) flush() {
	m.next, m.sets, m.accepts = nil, nil, nil
	m.ids = map[string]int32{}
	var set []uint32
	m.round++
	m.start = m.state(m.closure(set, uint32(m.a.prog.Start), syntax.EmptyBeginText))
}

func (m *machine) match(line []byte) (matched, sure bool) {
	if m.flushes > maxFlushes || len(line) == 0 { // begin and end at once
		return false, false
	}
	from := bytes.Index(line, m.a.prefix)
	if from < 0 {
		return false, true
	}
	state := m.start
	for _, c := range line[from:] {
		if state < 0 {
			return state == stateMatch, true
		}
		next := m.next[int(state)+int(m.a.classes[c])]
		if next == stateUnknown {
			if next = m.step(state, c); next == stateUnknown {
				return false, false
			}
		}
		state = next
	}
	return state == stateMatch || state >= 0 && m.accepts[int(state)/len(m.a.samples)], true
}

// step finds and notes the state after one byte. It is unknown beyond ASCII, and if
// there is no room; then everything is forgotten.
func (m *machine) step(from int32, next byte) int32 {
	if next >= utf8.RuneSelf {
		return stateUnknown
	}
	if len(m.sets) >= maxStates {
		m.flushes++
		m.flush()
		return stateUnknown
	}
	class := m.a.classes[next]
	c := rune(m.a.samples[class])
	m.round++
	var set []uint32
	for _, pc := range m.sets[int(from)/len(m.a.samples)] {
		if in := &m.a.prog.Inst[pc]; isRune(in) && in.MatchRune(c) {
			set = m.closure(set, in.Out, 0)
		}
	}
	// A match may also begin after this byte.
	set = m.closure(set, uint32(m.a.prog.Start), 0)
	to := m.state(set)
	m.next[int(from)+int(class)] = to
	return to
}

// closure adds an instruction and those that are reached from it without
// reading, under what holds at this place.
func (m *machine) closure(set []uint32, pc uint32, holds syntax.EmptyOp) []uint32 {
	if m.mark[pc] == m.round {
		return set
	}
	m.mark[pc] = m.round
	switch in := &m.a.prog.Inst[pc]; in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.closure(m.closure(set, in.Out, holds), in.Arg, holds)
	case syntax.InstCapture, syntax.InstNop:
		return m.closure(set, in.Out, holds)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(in.Arg)&^holds == 0 {
			return m.closure(set, in.Out, holds)
		}
		return append(set, pc) // it may hold at the end
	case syntax.InstFail:
		return set
	default:
		return append(set, pc)
	}
}

// state returns the state of a set of instructions.
func (m *machine) state(set []uint32) int32 {
	if len(set) == 0 {
		return stateDead
	}
	slices.Sort(set)
	key := make([]byte, 0, 4*len(set))
	for _, pc := range set {
		if m.a.prog.Inst[pc].Op == syntax.InstMatch {
			return stateMatch
		}
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	id, ok := m.ids[string(key)]
	if !ok {
		id = m.addState(set)
		m.ids[string(key)] = id
	}
	return id
}

func (m *machine) addState(set []uint32) int32 {
	id := int32(len(m.next))
	m.sets = append(m.sets, set)
	for range m.a.samples {
		m.next = append(m.next, stateUnknown)
	}
	m.accepts = append(m.accepts, m.matchesAtEnd(set))
	return id
}

// matchesAtEnd reports whether a set matches if the line ends here.
func (m *machine) matchesAtEnd(set []uint32) bool {
	m.round++
	var reached []uint32
	for _, pc := range set {
		if m.a.prog.Inst[pc].Op == syntax.InstEmptyWidth {
			reached = m.closure(reached, pc, syntax.EmptyEndText)
		}
	}
	return slices.ContainsFunc(reached, func(pc uint32) bool { return m.a.prog.Inst[pc].Op == syntax.InstMatch })
}
