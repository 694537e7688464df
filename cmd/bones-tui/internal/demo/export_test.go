package demo

import (
	"fmt"
	"time"
)

// Abandon is what the owner's death does: the system drops its lock.
func (w *Workspace) Abandon() error { return w.marker.Unlock() }

// Intentions lists what a seed decides: the ids of all tasks of the first two
// rounds, and how long each agent thinks.
func Intentions(seed uint64) (list []string) {
	c := &crew{seed: seed}
	for _, p := range cast() {
		a := newAgent(c, p)
		for range 2 * len(p.jobs) {
			list = append(list, a.task(), fmt.Sprint(a.about(time.Second)))
			a.advance()
		}
	}
	return list
}

// Edits lists the files that the script changes.
func Edits() (files []string) {
	for _, p := range cast() {
		for _, j := range p.jobs {
			for _, e := range j.edits {
				files = append(files, e.file)
			}
		}
	}
	return files
}
