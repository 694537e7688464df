package logview

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/safe"
)

// json prints a row as a line of JSON.
func (p *printer) json(s *segment, r *ref, skip int) {
	if r.class.IsEntry() {
		p.write(r.head)
		if r.left < 0 && p.err == nil {
			rest := io.NewSectionReader(s.file, r.off+int64(len(r.head)), p.e.lineLen(s, r.off)-int64(len(r.head)))
			_, p.err = io.Copy(p.out, rest)
		}
		p.write([]byte{'\n'})
		return
	}
	raw := struct {
		Ts    *hublog.LoggedTime `json:"ts,omitempty"`
		Level hublog.Level       `json:"level"`
		Event string             `json:"event"`
		Msg   string             `json:"msg"`
	}{Level: r.class.Level(), Event: KindRaw.String(), Msg: strings.Join(rowLines(r)[skip:], "\n")}
	if at := p.at(s, r); !at.IsZero() {
		raw.Ts = &hublog.LoggedTime{Time: at}
	}
	line, err := json.Marshal(raw)
	if err != nil {
		p.err = err
		return
	}
	p.write(append(line, '\n'))
}

// at is the time of a row, which for a raw one is that of the entry before.
func (p *printer) at(s *segment, r *ref) time.Time {
	if r.sec == 0 && !r.class.IsEntry() {
		r.sec = p.e.timeBefore(s, r.off)
	}
	if r.sec == 0 {
		return time.Time{}
	}
	return time.Unix(r.sec, 0).UTC()
}

func rowLines(r *ref) []string {
	lines := strings.Split(string(r.text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return lines
}

// The colours of levels and of what stands back.
const (
	colorError = "\x1b[31m"
	colorWarn  = "\x1b[33m"
	colorFaint = "\x1b[2m"
	colorOff   = "\x1b[0m"
)

// text prints a row in columns; the further lines of a raw row stand below
// its first.
func (p *printer) text(s *segment, r *ref, skip int) {
	row := p.e.row(s, r, "")
	head := p.columns(&row)
	if row.Kind == KindEntry {
		p.line(row.Level, head, safe.String(entryText(&row)).String())
		return
	}
	for i, line := range rowLines(r) {
		if i > 0 {
			head = strings.Repeat(" ", len(head)-2) + "| "
		}
		if i >= skip {
			p.line(row.Level, head, safe.String(line).String())
		}
	}
}

func (p *printer) line(level hublog.Level, head, text string) {
	color := ""
	if p.o.Color {
		color = map[hublog.Level]string{hublog.LevelError: colorError, hublog.LevelWarn: colorWarn, hublog.LevelDebug: colorFaint}[level]
	}
	if color != "" {
		head, text = color+head, text+colorOff
	}
	p.write([]byte(head + text + "\n"))
}

// columns are the time, the level and the event.
func (p *printer) columns(row *Row) string {
	layout, at := "2006-01-02T15:04:05Z", row.Time
	if p.o.Location != nil {
		layout, at = "2006-01-02 15:04:05 MST", at.In(p.o.Location)
	}
	stamp := at.Format(layout)
	if row.Time.IsZero() {
		stamp = strings.Repeat(" ", len(stamp))
	}
	event := row.Entry.Event
	if row.Kind != KindEntry {
		event = row.Kind.String()
	}
	return stamp + " " + pad(row.Level.String(), 5) + " " + pad(safe.Line(event, 20).String(), 9) + " "
}

// entryText is what an entry says: its fields, and the message at the end.
func entryText(row *Row) string {
	e := &row.Entry
	var b strings.Builder
	add := func(name, value string) {
		if value == "" {
			return
		}
		if strings.ContainsAny(value, " \"=") {
			value = strconv.Quote(value)
		}
		b.WriteString(name + "=" + value + " ")
	}
	if e.RPC != "" {
		b.WriteString(pad(e.RPC, 13) + " ")
	}
	add("agent", e.Agent)
	add("task", e.Task)
	add("session", e.Session)
	add("hook", e.Hook)
	add("matcher", e.Matcher)
	if e.TookMs != 0 {
		add("took", strconv.FormatInt(e.TookMs, 10)+"ms")
	}
	if e.ResultCount != 0 {
		add("count", strconv.Itoa(e.ResultCount))
	}
	add("err", e.Err)
	b.WriteString(e.Msg)
	return strings.TrimRight(b.String(), " ")
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(n-len(s), 0)) }

// row prints a row without its first lines.
func (p *printer) row(s *segment, r *ref, skip int) {
	if p.o.JSON {
		p.json(s, r, skip)
	} else {
		p.text(s, r, skip)
	}
}
