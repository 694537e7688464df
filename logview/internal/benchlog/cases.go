package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/internal/loggen"
)

// groups lists what is measured on one file.
func groups(path string, m loggen.Manifest, bin string) []group {
	problems := m.Levels[2] + m.Levels[3]
	list := []group{
		{name: "open to the last screen", goal: 1, cases: []tool{
			ours("open, 60 rows", func() (int64, time.Duration, error) { return openTail(path, "") }),
			command(false, "tail", "-n", "60", path),
		}},
		{name: "first screen of level>=warn, nothing indexed", cases: []tool{
			ours("open, 60 rows", func() (int64, time.Duration, error) { return openTail(path, "level>=warn") }),
		}},
		{name: "index everything", goal: 1.2, want: m.Rows, cases: []tool{
			ours("index", func() (int64, time.Duration, error) { return count(path, "", false) }),
			command(false, "wc", "-l", path),
		}},
		{name: "WARN and ERROR, nothing indexed", goal: 0.15, want: problems, cases: []tool{
			ours("-kind:raw level>=warn", func() (int64, time.Duration, error) { return count(path, "-kind:raw level>=warn", true) }),
			command(true, "rg", "-c", `"level":"(WARN|ERROR)"`, path),
		}},
		{name: "literal text", goal: 1.3, want: m.Levels[3], cases: []tool{
			ours(`"level":"ERROR"`, func() (int64, time.Duration, error) { return count(path, `"\"level\":\"ERROR\""`, true) }),
			command(true, "rg", "-c", "-F", `"level":"ERROR"`, path),
		}},
		{name: "text without case", goal: 1.5, want: m.Held, cases: []tool{
			ours(loggen.HeldText, func() (int64, time.Duration, error) { return count(path, `"`+loggen.HeldText+`"`, true) }),
			command(true, "rg", "-ci", "-F", loggen.HeldText, path),
		}},
		{name: "regular expression with a literal in it", goal: 3, want: m.Slow, cases: []tool{
			ours("/tasks.(claim|close)…[0-9]{4,}/", func() (int64, time.Duration, error) {
				return count(path, `/"rpc":"tasks\.(claim|close)".*"took_ms":[0-9]{4,}/`, true)
			}),
			command(true, "rg", "-c", `"rpc":"tasks\.(claim|close)".*"took_ms":[0-9]{4,}`, path),
		}},
	}
	return append(list, processes(path, m, bin)...)
}

// processes lists the cases that are about whole programs.
func processes(path string, m loggen.Manifest, bin string) []group {
	jq := fmt.Sprintf(`jq -cR 'fromjson? | select(.level=="ERROR")' %s | wc -l`, path)
	list := []group{{name: "load", slow: true, cases: []tool{
		ours("index", func() (int64, time.Duration, error) { return count(path, "", false) }),
		command(false, "lnav", "-nq", "-c", ":goto 100%", path),
	}}, {name: "ERROR entries", slow: true, want: m.Levels[3], cases: []tool{
		ours("level:error kind:entry", func() (int64, time.Duration, error) { return count(path, "level:error kind:entry", true) }),
		command(true, "sh", "-c", jq, path),
	}}}
	if bin != "" {
		list = append(list, group{name: "bones-tui logs --count", goal: 2, want: m.Levels[3] + m.Panics, cases: []tool{
			command(true, bin, "logs", "level>=error", "--count", "--file", path),
			{name: "rg -c", run: command(false, "rg", "-c", `"level":"ERROR"`, path).run},
		}})
	}
	return list
}

func ours(name string, run func() (int64, time.Duration, error)) tool {
	return tool{name: "logview: " + name, run: run}
}

// openTail opens the log and reads the last screen.
func openTail(path, filter string) (int64, time.Duration, error) {
	f, err := logview.ParseFilter(filter)
	if err != nil {
		return 0, 0, err
	}
	runtime.GC()
	start := time.Now()
	l, err := logview.Open(path, logview.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = l.Close() }() // it only reads
	v := l.View(f)
	page, err := v.Tail(context.Background(), 60)
	took := time.Since(start)
	if err == nil && len(page.Rows) != 60 {
		err = fmt.Errorf("%d rows", len(page.Rows))
	}
	return -1, took, err
}

// count opens the log and counts what matches.
func count(path, filter string, cold bool) (int64, time.Duration, error) {
	f, err := logview.ParseFilter(filter)
	if err != nil {
		return 0, 0, err
	}
	runtime.GC()
	start := time.Now()
	l, err := logview.Open(path, logview.Options{Still: true, NoIndex: cold})
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = l.Close() }() // it only reads
	s, err := l.View(f).Settle(context.Background())
	return s.Matches, time.Since(start), err
}
