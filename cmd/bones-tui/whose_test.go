//go:build linux

package main

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// asker is a command or a screen that asks whose hub it is.
type asker struct {
	name string
	args []string
	acts bool // it may start, replace or end a hub
}

// askers are all of them. A name with no arguments is the dashboard in a terminal.
var askers = []asker{
	{name: "status", args: []string{"status"}},
	{name: "status --json", args: []string{"status", "--json"}},
	{name: "hub status", args: []string{"hub", "status"}},
	{name: "doctor", args: []string{"doctor"}},
	{name: "fleet", args: []string{"fleet"}},
	{name: "slots", args: []string{"slots"}},
	{name: "activity", args: []string{"activity"}},
	{name: "logs", args: []string{"logs"}},
	{name: "hub recover", args: []string{"hub", "recover"}},
	{name: "--once", args: []string{"--once", "--width", "200"}},
	{name: "hub start --detach", args: []string{"hub", "start", "--detach"}, acts: true},
	{name: "hub start", args: []string{"hub", "start"}, acts: true},
	{name: "dashboard", acts: true},
	{name: "hub restart", args: []string{"hub", "restart"}, acts: true},
	{name: "hub reseed", args: []string{"hub", "reseed"}, acts: true},
	{name: "hub stop", args: []string{"hub", "stop"}, acts: true},
	{name: "hub stop --force", args: []string{"hub", "stop", "--force"}, acts: true},
}

// reply is what an asker must answer. In the texts {pid} stands for the hub's process and
// {root} for the workspace.
type reply struct {
	code int
	out  string // a regular expression for standard output, or the screen; "" is silence, or any for a dashboard
	err  string // one for standard error; "" is silence
	then fate   // of the hub

	more []string // arguments beyond the asker's
}

// fate is what has become of the hub of a place after an act.
type fate int

const (
	asBefore  fate = iota // nothing has changed, in the directory neither
	untouched             // the same hub, or none, and the directory may have changed
	started               // there is one where none was
	replaced              // another process is the hub
	ended                 // there is none any more
	doubted               // there is none any more, and hub.pid names somebody who may be one
)

// refusedAct is what every act answers to that cannot tell, and one screen too.
var refusedAct = reply{code: 1, err: `^bones-tui: [^\n]*cannot tell whose hub it is: {root}: [^\n]+; [^\n]+\n$`}

// besideAHub is what an asker answers that compares copies with a repository at rest.
var besideAHub = reply{code: 1, err: `^bones-tui: {root}: [^\n]*already running \(pid {pid}\)[^\n]*; bones-tui hub recover --stop stops the hub first\n$`}

// soon is a pattern of the timeline, which leaves out what a busy machine has not read
// within half a second.
func soon(pattern string) string { return pattern + `|^$` }

// replies has, for each state of affairs, what each asker must answer.
var replies = map[string]map[string]reply{
	"free": {
		"status":             {code: 1, out: `(?m)^hub +none runs`},
		"status --json":      {code: 1, out: `"running":false,"whose":\{"answer":"free"`},
		"hub status":         {code: 1, err: `^bones-tui: no hub runs in {root}\n$`},
		"doctor":             {out: `(?m)^(OK +hub +no hub runs|WARN +hub +hub\.pid names)`},
		"fleet":              {out: `(?m) (dead|idle) .* {root}$`},
		"slots":              {err: `^bones-tui: no hub runs: `},
		"activity":           {out: soon(`hub +ready`), err: `^bones-tui: no hub runs: `},
		"logs":               {out: `hub: ready`},
		"hub recover":        {err: `^bones-tui: no copy holds anything that the repository of {root} does not\n$`},
		"--once":             {code: 1, err: `^bones-tui: no hub runs in {root}\n$`},
		"hub start --detach": {err: `^bones-tui: hub of {root} is ready \(pid \d+\): fossil http://\S+, nats nats://\S+\n$`, then: started},
		"hub start":          {err: `^bones-tui: hub of {root} is ready: fossil http://\S+, nats nats://\S+\n`, then: started},
		"dashboard":          {out: `RUNNING owned`, then: started},
		"hub restart":        {err: `^bones-tui: no hub runs in {root}\nbones-tui: hub of {root} is ready \(pid \d+\)`, then: started},
		"hub reseed":         {err: `{root} has a fresh repository`, then: untouched},
		"hub stop":           {err: `^bones-tui: no hub runs in {root}\n$`, then: untouched},
		"hub stop --force":   {err: `^bones-tui: no hub runs in {root}\n$`, then: untouched},
	},
	"held": {
		"status":             {out: `(?m)^hub +ready, pid {pid},`},
		"status --json":      {out: `"running":true,"whose":\{"answer":"held","pid":{pid},"role":"hub","serving":true`},
		"hub status":         {out: `(?m)^hub +ready, pid {pid},`},
		"doctor":             {out: `(?m)^OK +hub +a hub runs, pid {pid},`},
		"fleet":              {out: ` ready `},
		"slots":              {err: `^bones-tui: no slots\n$`},
		"activity":           {out: soon(`hub +ready`)},
		"logs":               {out: `hub: ready`},
		"hub recover":        besideAHub,
		"--once":             {out: `ATTACHED`},
		"hub start --detach": {err: `^bones-tui: hub of {root} already runs \(pid {pid}\): fossil http://\S+, nats nats://\S+\n$`, then: untouched},
		"hub start":          {err: `^bones-tui: hub of {root} already runs \(pid {pid}\): fossil http://\S+, nats nats://\S+\n$`, then: untouched},
		"dashboard":          {out: `ATTACHED +pid {pid}`, then: untouched},
		"hub restart":        {err: `hub of {root} has handed over \(pid \d+\)\nbones-tui: hub of {root} is ready \(pid \d+\)`, then: replaced},
		"hub reseed":         {err: `has handed over \(pid \d+\)\n(.*\n)*.*{root} has a fresh repository`, then: replaced},
		"hub stop":           {err: `^{draining}bones-tui: hub of {root} stopped \(pid {pid}\)\n$`, then: ended},
		"hub stop --force":   {err: `^{draining}bones-tui: hub of {root} (stopped|did not end in time and was killed) \(pid {pid}\)[^\n]*\n$`, then: ended},
	},
	"cannot tell": {
		"status":             {code: 1, out: `(?m)^hub +cannot tell: .+; next: .+`},
		"status --json":      {code: 1, out: `"running":false,"whose":\{"answer":"cannot tell","asked":"[^"]+","next":"[^"]+"\},"hub":null`},
		"hub status":         refusedAct,
		"doctor":             {code: 1, out: `(?m)^FAIL +hub +cannot tell whose hub it is: .+; next: .+$`},
		"fleet":              {code: 1, out: `(?m) cannot tell .* {root}$`},
		"slots":              refusedAct,
		"activity":           refusedAct,
		"logs":               {out: `hub: ready`},
		"hub recover":        refusedAct,
		"--once":             refusedAct,
		"hub start --detach": refusedAct,
		"hub start":          refusedAct,
		"dashboard":          refusedAct,
		"hub restart":        refusedAct,
		"hub reseed":         refusedAct,
		"hub stop":           refusedAct,
		"hub stop --force":   refusedAct,
	},
	"silent": { // it is frozen
		"status":             {code: 1, out: `(?m)^hub +process {pid} is the hub and does not answer; .*hub restart --force`},
		"status --json":      {code: 1, out: `"running":false,"whose":\{"answer":"held","pid":{pid},.*"hub":null`},
		"hub status":         {code: 1, err: `pid {pid} .*; bones-tui hub restart --force replaces it\n$`},
		"doctor":             {code: 1, out: `(?m)^FAIL +nats +.* does not answer: .*; next: bones-tui hub restart --force$`},
		"fleet":              {code: 1, out: ` silent (.*\n)*.*process {pid} is the hub and does not answer`},
		"slots":              {err: `bones-sessions|not connected|deadline`},
		"activity":           {out: soon(`hub +ready`), err: `not connected|deadline|^$`},
		"logs":               {out: `hub: ready`},
		"hub recover":        besideAHub,
		"--once":             {code: 1, out: `STARTING`, err: `process {pid} is the hub and does not answer`},
		"hub start --detach": {code: 1, err: `^bones-tui: [^\n]*{root}: process {pid} is the hub and has not answered for [^\n]*; bones-tui hub restart --force replaces it\n$`},
		"hub start":          {code: 1, err: `^bones-tui: [^\n]*{root}: process {pid} is the hub and has not answered for [^\n]*; bones-tui hub restart --force replaces it\n$`},
		"dashboard":          {out: `(STARTING|ATTACHED).*`, then: untouched},
		"hub restart":        {code: 1, err: `process {pid} is the hub and has not answered for [^\n]*; bones-tui hub restart --force replaces it\n$`},
		"hub reseed":         {code: 1, err: `process {pid} is the hub and has not answered for [^\n]*; bones-tui hub restart --force replaces it\n$`},
		"hub stop":           {err: `hub of {root} did not end in time and was killed \(pid {pid}\)`, then: ended, more: []string{"--stop-timeout", "2s"}},
		"hub stop --force":   {err: `hub of {root} did not end in time and was killed \(pid {pid}\)`, then: ended},
	},
	"kept": { // it died, and its keeper waits before it starts it again
		"status":             {code: 1, out: `(?m)^hub +it died; its keeper, process {pid}, starts it again`},
		"status --json":      {code: 1, out: `"running":false,"whose":\{"answer":"held","pid":{pid},"role":"keeper"`},
		"hub status":         {code: 1, err: `process {pid}`},
		"doctor":             {code: 1, out: `(?m)^FAIL +hub +the hub died, and its keeper, process {pid}, starts it again; next: `},
		"fleet":              {code: 1, out: ` silent (.*\n)*.*its keeper, process {pid}, starts it again`},
		"slots":              {code: 1, err: `process {pid}`},
		"activity":           {code: 1, err: `process {pid}`},
		"logs":               {out: `died at`},
		"hub recover":        besideAHub,
		"--once":             {code: 1, err: `its keeper, process {pid}, starts it again`},
		"hub start --detach": {err: `^bones-tui: hub of {root} already runs \(pid \d+\): fossil http://\S+, nats nats://\S+\n$`, then: replaced},
		"hub start":          {err: `^bones-tui: hub of {root} already runs \(pid \d+\): fossil http://\S+, nats nats://\S+\n$`, then: replaced},
		"dashboard":          {out: `ATTACHED`, then: replaced},
		"hub restart":        {err: `^bones-tui: hub of {root} has handed over \(pid \d+\)\nbones-tui: hub of {root} is ready \(pid \d+\)`, then: replaced},
		"hub reseed":         {err: `hub of {root} has handed over \(pid \d+\)\n(.*\n)*.*{root} has a fresh repository`, then: replaced},
		"hub stop":           {err: `^{draining}bones-tui: hub of {root} stopped \(pid {pid}\)\n$`, then: ended},
		"hub stop --force":   {err: `^{draining}bones-tui: hub of {root} (stopped|did not end in time and was killed) \(pid {pid}\)[^\n]*\n$`, then: ended},
	},
	"lost": { // it is the hub of this very directory, and has lost what it writes to
		"status":             {code: 1, out: `(?m)^hub +ready, pid {pid},(.*\n)*nats +.* down: .* under the hub`},
		"status --json":      {code: 1, out: `"whose":\{"answer":"held","pid":{pid}`},
		"hub status":         {code: 1, out: `(?m)^nats +.* down: .* under the hub`},
		"doctor":             {code: 1, out: `(?m)^FAIL +nats +.* under the hub.*; next: bones-tui hub restart$`},
		"fleet":              {code: 1, out: ` under the hub`},
		"slots":              {err: `bones-tui: no slots\n$`},
		"activity":           {out: soon(`hub +ready`)},
		"logs":               {out: `the storage is lost`},
		"hub recover":        besideAHub,
		"--once":             {out: `storage lost`},
		"hub start --detach": {code: 1, err: `process {pid} is the hub and accepts nothing: [^\n]* under the hub[^\n]*; bones-tui hub restart replaces it\n$`, then: untouched},
		"hub start":          {code: 1, err: `process {pid} is the hub and accepts nothing: [^\n]* under the hub[^\n]*; bones-tui hub restart replaces it\n$`, then: untouched},
		"dashboard":          {out: `storage lost`, then: untouched},
		"hub restart":        {err: `^{draining}bones-tui: hub of {root} stopped \(pid {pid}\)\nbones-tui: hub of {root} is ready \(pid \d+\)`, then: replaced},
		"hub reseed":         {err: `hub of {root} stopped \(pid {pid}\)\n(.*\n)*.*{root} has a fresh repository`, then: replaced},
		"hub stop":           {err: `^{draining}bones-tui: hub of {root} stopped \(pid {pid}\)\n$`, then: ended},
		"hub stop --force":   {err: `^{draining}bones-tui: hub of {root} (stopped|did not end in time and was killed) \(pid {pid}\)[^\n]*\n$`, then: ended},
	},
}

// casesAtOnce is more than there are processors: most of a case is waiting, for disks,
// drains and time limits.
const casesAtOnce = 4

// TestWhoseHubIsIt puts every asker into every case.
func TestWhoseHubIsIt(t *testing.T) {
	w := newWhoseWorld(t)
	var pairs atomic.Int64
	var cases errgroup.Group
	cases.SetLimit(casesAtOnce)
	for i, c := range whoseCases {
		cases.Go(func() error {
			t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
				if c.needs != nil {
					c.needs(t)
				}
				c.run(t, w, i, &pairs)
			})
			return nil
		})
	}
	_ = cases.Wait()
	t.Logf("%d of %d pairs of %d cases and %d askers", pairs.Load(), len(whoseCases)*len(askers), len(whoseCases), len(askers))
}

// fresh makes a place for an asker that acts, or for all views if it is none.
type fresh func(t *testing.T, a asker) *place

// whoseCase is a named state of affairs.
type whoseCase struct {
	name  string
	kind  string // a key of replies
	needs func(t *testing.T)

	// stage makes what all askers share, and returns what makes a place for one of them:
	// views look at the same one, an act gets one that nobody has changed.
	stage  func(t *testing.T, w *whoseWorld) fresh
	except map[string]reply // where this case differs from its kind
}

// run puts every asker into the case, which is the number-th.
func (c whoseCase) run(t *testing.T, w *whoseWorld, number int, pairs *atomic.Int64) {
	t.Helper()
	fresh := c.stage(t, w)
	var together, apart []question
	for _, a := range askers {
		want, ok := c.except[a.name]
		if !ok {
			if want, ok = replies[c.kind][a.name]; !ok {
				t.Fatalf("nobody says what %q answers when it is %s", a.name, c.kind)
			}
		}
		if q := (question{a, want}); want.then == asBefore && a.args != nil {
			together = append(together, q)
		} else {
			apart = append(apart, q)
		}
	}
	p := fresh(t, asker{})
	p.askTogether(t, together)
	w.checkUnharmed(t)
	for i, q := range apart {
		if !c.sampled(number, i) {
			continue
		}
		pairs.Add(1)
		if !p.again() {
			p = fresh(t, q.asker)
		}
		t.Run(q.String(), func(t *testing.T) {
			p.ask(t, q)
			w.checkUnharmed(t)
		})
	}
	pairs.Add(int64(len(together)))
}

// sampled reports whether the act is put in this case here. Under the race detector each
// act is put in a quarter of the cases of a kind that has many: the product is complete
// without it.
func (c whoseCase) sampled(number, act int) bool {
	all := !raceOn || c.kind != "free" && c.kind != "held" && c.kind != "lost"
	return all || (act+number)%4 == 0
}

// question is one asker with what it must answer here.
type question struct {
	asker
	want reply
}

func (q question) String() string { return strings.ReplaceAll(q.name, " ", "-") }

// matches checks a text against a pattern of a reply. No pattern is silence.
func (p *place) matches(t *testing.T, what, pattern, text string) {
	t.Helper()
	if pattern == "" && text == "" {
		return
	}
	if pattern == "" || !p.fits(pattern, text) {
		t.Errorf("%s should be %q and is\n%s", what, pattern, text)
	}
}

func (p *place) fits(pattern, text string) bool {
	names := strings.NewReplacer("{draining}", `(bones-tui: draining, [^\n]*\n)*`, "{pid}", fmt.Sprint(p.hub), "{root}", regexp.QuoteMeta(p.root))
	return regexp.MustCompile(names.Replace(pattern)).MatchString(text)
}
