package logpane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
)

// save writes every row that the filter lets through to a new file in the
// configured directory, as the log has them.
func (s *Source) save(f *logview.Filter) tea.Cmd {
	name := "hub-" + s.now().UTC().Format("20060102T150405Z") + ".ndjson"
	path := filepath.Join(s.saveDir, name)
	return s.Do(func(ctx context.Context) tea.Msg {
		msg := savedMsg{path: path}
		msg.err = s.Through(f, func(v View) (err error) {
			msg.lines, err = s.writeRows(ctx, v, path)
			return err
		})
		return msg
	})
}

func (s *Source) writeRows(ctx context.Context, v View, path string) (lines int, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, fmt.Errorf("tui: save the log: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("tui: save the log: %w", err)
	}
	w := bufio.NewWriter(file)
	page, err := v.Head(ctx, windowPage)
	for err == nil && len(page.Rows) > 0 {
		for i := range page.Rows {
			if err = s.writeRow(ctx, w, &page.Rows[i]); err != nil {
				break
			}
			lines += 1 + page.Rows[i].Folded
		}
		if err == nil {
			page, err = v.After(ctx, page.Rows[len(page.Rows)-1].Pos, windowPage)
		}
	}
	if err = errors.Join(err, w.Flush(), file.Sync(), file.Close()); err != nil {
		return lines, fmt.Errorf("tui: save the log: %w", err)
	}
	return lines, nil
}

// writeRow asks for the whole text only where a row holds less.
func (s *Source) writeRow(ctx context.Context, w *bufio.Writer, r *logview.Row) error {
	if r.Kind == logview.KindGap {
		return nil
	}
	if r.Cut == 0 && r.Folded == 0 {
		_, err := w.WriteString(r.Text + "\n")
		return err
	}
	text, err := s.log.Detail(ctx, r.Pos)
	if err != nil {
		return err
	}
	if _, err = w.Write(text); err == nil && (len(text) == 0 || text[len(text)-1] != '\n') {
		err = w.WriteByte('\n')
	}
	return err
}
