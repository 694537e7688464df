package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// group is one task, done by several tools. The first is ours.
type group struct {
	name  string
	cases []tool
	goal  float64 // our time over that of the second case, at most; 0: none
	slow  bool    // another tool takes half a minute for a gigabyte
	want  int64   // what every counting case must find; 0: not checked
}

// tool does a task and returns the count it found, negative if it finds none,
// and may return the time itself.
type tool struct {
	name string
	run  func() (count int64, took time.Duration, err error)
}

// A task that takes moments runs more rounds than asked for: on a machine that is
// shared the median of five is off by a tenth.
const (
	mostRounds = 25
	longEnough = 10 * time.Second
)

// run measures the cases in turn, round by round, and prints a line for each.
// It reports whether all counts are right and, if asked to judge, whether the
// goal is met.
func (g group) run(rounds int, judge bool) bool {
	times := make([][]time.Duration, len(g.cases))
	ok := true
	fmt.Println(g.name)
	began := time.Now()
	for round := 0; round <= rounds || round <= mostRounds && time.Since(began) < longEnough; round++ {
		for i, c := range g.cases {
			start := time.Now()
			count, took, err := c.run()
			if took == 0 {
				took = time.Since(start)
			}
			if err != nil {
				fmt.Printf("  %-44s %v\n", c.name, err)
				return false
			}
			if g.want > 0 && count >= 0 && count != g.want {
				fmt.Printf("  %-44s found %d, not %d\n", c.name, count, g.want)
				ok = false
			}
			if round > 0 { // the first round warms up
				times[i] = append(times[i], took)
			}
		}
	}
	return g.print(times, judge) && ok
}

func (g group) print(times [][]time.Duration, judge bool) bool {
	met := true
	ours := median(times[0])
	for i, c := range g.cases {
		m := median(times[i])
		note := ""
		if i > 0 {
			ratio := float64(ours) / float64(m)
			note = fmt.Sprintf("ours takes %.2f of it", ratio)
			if i == 1 && g.goal > 0 {
				note += fmt.Sprintf(", goal %.2f", g.goal)
				met = !judge || ratio <= g.goal
			}
		}
		if !met && i == 1 {
			note += "  MISSED"
		}
		fmt.Printf("  %-44s %10s  %s\n", c.name, m.Round(10*time.Microsecond), note)
	}
	return met
}

func median(list []time.Duration) time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// command is a tool that is run as a process; counts says that it prints a
// number.
func command(counts bool, argv ...string) tool {
	return tool{name: shorten(argv), run: func() (int64, time.Duration, error) {
		start := time.Now()
		out, err := exec.Command(argv[0], argv[1:]...).Output()
		took := time.Since(start)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", argv[0], err)
		}
		if !counts {
			return -1, took, nil
		}
		n, err := strconv.ParseInt(strings.Fields(string(out))[0], 10, 64)
		return n, took, err
	}}
}

func shorten(argv []string) string {
	s := strings.Join(argv[:len(argv)-1], " ")
	return s[:min(len(s), 44)]
}
