package main

import (
	"maps"
	"slices"
	"strings"
)

// graph holds, for each file, the files it refers to and the names it uses of them.
type graph map[string]map[string]map[string]bool

// file adds a file that may refer to none.
func (g graph) file(name string) {
	if g[name] == nil {
		g[name] = map[string]map[string]bool{}
	}
}

// add notes that from uses a name that to declares.
func (g graph) add(from, to, name string) {
	g.file(from)
	g.file(to)
	if g[from][to] == nil {
		g[from][to] = map[string]bool{}
	}
	g[from][to][name] = true
}

// count is the number of references.
func (g graph) count() (n int) {
	for _, to := range g {
		n += len(to)
	}
	return n
}

// upward counts the references that run against an order.
func (g graph) upward(order []string) (n int) {
	place := map[string]int{}
	for i, file := range order {
		place[file] = i
	}
	for from, all := range g {
		for to := range all {
			if place[to] < place[from] {
				n++
			}
		}
	}
	return n
}

// order puts the files into the order in which a reader can go down: the strongly
// connected components topologically, and the files of each so that few references run
// upward. The least number is a hard problem (feedback arc set); the heuristic takes
// sinks and sources off first and then the file whose uses outnumber its users most
// (Eades, Lin and Smyth 1993), and moves single files as long as that helps. The same
// graph always gives the same order.
func (g graph) order() (order []string) {
	for _, part := range g.components() {
		order = append(order, g.improved(g.greedy(part))...)
	}
	return order
}

// components returns the strongly connected components (Tarjan 1972), users first.
func (g graph) components() (parts [][]string) {
	index, low := map[string]int{}, map[string]int{}
	onStack := map[string]bool{}
	var stack []string
	var visit func(file string)
	visit = func(file string) {
		index[file] = len(index) + 1
		low[file] = index[file]
		stack = append(stack, file)
		onStack[file] = true
		for _, to := range sortedKeys(g[file]) {
			if index[to] == 0 {
				visit(to)
				low[file] = min(low[file], low[to])
			} else if onStack[to] {
				low[file] = min(low[file], index[to])
			}
		}
		if low[file] != index[file] {
			return
		}
		at := slices.Index(stack, file)
		part := slices.Clone(stack[at:])
		stack = stack[:at]
		for _, member := range part {
			onStack[member] = false
		}
		slices.Sort(part)
		parts = append(parts, part)
	}
	for _, file := range sortedKeys(g) {
		if index[file] == 0 {
			visit(file)
		}
	}
	slices.Reverse(parts)
	return parts
}

// knotted counts the files that are in a component with others.
func (g graph) knotted() (n int) {
	for _, part := range g.components() {
		if len(part) > 1 {
			n += len(part)
		}
	}
	return n
}

// greedy orders the files of one component.
func (g graph) greedy(part []string) []string {
	left := slices.Clone(part)
	var head, tail []string
	for len(left) > 0 {
		best, at, sink := 0, -1, false
		for i, file := range left {
			uses, users := g.degrees(file, left)
			if uses == 0 {
				at, sink = i, true
				break
			}
			if gain := uses - users; at < 0 || gain > best {
				best, at = gain, i
			}
		}
		if sink {
			tail = append(tail, left[at])
		} else {
			head = append(head, left[at])
		}
		left = slices.Delete(left, at, at+1)
	}
	slices.Reverse(tail)
	return append(head, tail...)
}

// degrees counts the files among some that a file uses, and that use it.
func (g graph) degrees(file string, among []string) (uses, users int) {
	for _, other := range among {
		if g[file][other] != nil {
			uses++
		}
		if g[other][file] != nil {
			users++
		}
	}
	return uses, users
}

// improved moves files to better places until no single move helps.
func (g graph) improved(order []string) []string {
	for better := true; better; {
		better = false
		for _, file := range slices.Clone(order) {
			at := slices.Index(order, file)
			rest := slices.Delete(slices.Clone(order), at, at+1)
			best, cost := at, g.moves(rest, file)
			for to := range cost {
				if cost[to] < cost[best] {
					best = to
				}
			}
			if best != at {
				order = slices.Insert(rest, best, file)
				better = true
			}
		}
	}
	return order
}

// moves returns, for each place that a file could take among the rest, how many of its
// references would run upward.
func (g graph) moves(rest []string, file string) []int {
	cost := make([]int, len(rest)+1)
	for _, user := range rest { // at the top, everybody who uses the file is below it
		if g[user][file] != nil {
			cost[0]++
		}
	}
	for i, other := range rest {
		cost[i+1] = cost[i]
		if g[other][file] != nil {
			cost[i+1]--
		}
		if g[file][other] != nil {
			cost[i+1]++
		}
	}
	return cost
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), strings.Compare)
}
