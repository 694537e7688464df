package main

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/slots"
)

// slotForm is one slot of `slots --json`. A nil is what cannot be known, or is not.
type slotForm struct {
	Name        string     `json:"name"`
	State       string     `json:"state"`
	Live        bool       `json:"live"`
	Task        taskForm   `json:"task"`
	OpenTasks   int        `json:"open_tasks"`
	Agent       string     `json:"agent,omitempty"`
	Host        string     `json:"host,omitempty"`
	PID         int        `json:"pid,omitempty"`
	PIDAlive    *bool      `json:"pid_alive"`
	Directory   bool       `json:"directory"`
	Session     bool       `json:"session"`
	StartedAt   *time.Time `json:"started_at"`
	RenewedAt   *time.Time `json:"renewed_at"`
	Age         *int64     `json:"age_ns"`
	LeaseLeft   *int64     `json:"lease_left_ns"`
	LastSeenAt  *time.Time `json:"last_seen_at"`
	Result      string     `json:"result,omitempty"`
	ClosedAt    *time.Time `json:"closed_at"`
	LastEvent   string     `json:"last_event,omitempty"`
	LastEventAt *time.Time `json:"last_event_at"`
	LastError   string     `json:"last_error,omitempty"`
	Holds       []string   `json:"holds"`
	Present     bool       `json:"present"`
	Work        *workForm  `json:"work"`
}

// taskForm is the task of a slot; its status is apart from the slot's state.
type taskForm struct {
	ID     string `json:"id,omitempty"`
	Title  string `json:"title,omitempty"`
	Status string `json:"status,omitempty"`
	Wave   int    `json:"wave,omitempty"`
}

// workForm is what a slot's worktree and clone hold.
type workForm struct {
	Worktree  bool       `json:"worktree"`
	Clone     bool       `json:"clone"`
	CheckOut  string     `json:"check_out,omitempty"`
	Branch    string     `json:"branch,omitempty"`
	CheckIns  int        `json:"check_ins"`
	Unapplied int        `json:"unapplied"`
	Unpushed  int        `json:"unpushed"`
	EditCount int        `json:"edit_count"`
	Edits     []editForm `json:"edits"`
	AtRisk    bool       `json:"at_risk"`
	Problem   string     `json:"problem,omitempty"`
}

type editForm struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func newSlotForm(s slots.Slot, state slots.State, now time.Time, host string) slotForm {
	f := slotForm{
		Name: s.Name, State: state.String(), Live: s.Live(now, host), OpenTasks: s.OpenTasks, Agent: s.Agent, Host: s.Host, PID: s.PID,
		Task:      taskForm{ID: s.TaskID, Title: s.Title, Status: s.TaskStatus, Wave: s.Wave},
		Directory: s.HasDir, Session: s.HasSession, StartedAt: instant(s.Started), RenewedAt: instant(s.Renewed),
		LastSeenAt: instant(s.Ended), Result: s.Result, ClosedAt: instant(s.ClosedAt), LastEvent: s.LastEvent,
		LastEventAt: instant(s.LastEventAt), LastError: s.LastErr, Holds: append([]string{}, s.Holds...), Present: s.Present,
		Work: newWorkForm(s.Work),
	}
	if s.PIDKnown {
		f.PIDAlive = &s.PIDAlive
	}
	if !s.Renewed.IsZero() {
		age := int64(s.Age(now))
		f.Age = &age
		if s.HasSession {
			left := int64(slots.StaleAfter) - age
			f.LeaseLeft = &left
		}
	}
	return f
}

func newWorkForm(w *slots.Work) *workForm {
	if w == nil {
		return nil
	}
	f := &workForm{
		Worktree: w.HasTree, Clone: w.HasClone, CheckOut: w.CheckOut, Branch: w.Branch, CheckIns: w.CheckIns, Unapplied: w.Unapplied,
		Unpushed: w.Unpushed, EditCount: w.EditCount, Edits: []editForm{}, AtRisk: w.AtRisk(), Problem: w.Problem,
	}
	for _, e := range w.Edits {
		f.Edits = append(f.Edits, editForm(e))
	}
	return f
}

// instant is a time, nil if it is not known.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = inJSON(t)
	return &t
}

// inJSON is a time in UTC, or the nearest that JSON can hold: its years have four digits,
// and one time beyond them, which others can write, would leave nothing of an object.
func inJSON(t time.Time) time.Time {
	first, last := time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch t = t.UTC(); {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

func (w *workForm) count(of func(*workForm) int) string {
	if w == nil || w.Problem != "" {
		return "n/a"
	}
	return fmt.Sprint(of(w))
}

func (w *workForm) branch() string {
	if w == nil {
		return ""
	}
	return w.Branch
}

func (w *workForm) riskText() string {
	if w == nil || w.Problem != "" && !w.AtRisk {
		return "n/a"
	}
	var parts []string
	if w.EditCount > 0 {
		parts = append(parts, fmt.Sprint(w.EditCount, " edited"))
	}
	if w.Unpushed > 0 {
		parts = append(parts, fmt.Sprint(w.Unpushed, " unpushed"))
	}
	return strings.Join(parts, ", ")
}
