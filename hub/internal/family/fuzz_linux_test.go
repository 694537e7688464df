package family

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"testing"
)

// FuzzReceive has another end that says anything: whatever it says, hearing comes to an end,
// and every good line is heard.
func FuzzReceive(f *testing.F) {
	for _, seed := range []string{"", "\n", `{"word":"bye"}` + "\n", `{"word":"renew","spec":{"root":"/"},"carries":true}` + "\n{", "{}\n{}\n[]\n"} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, said []byte, along bool) {
		l, raw := rawEnd(t)
		var oob []byte
		if along {
			var err error
			if oob, err = rights(tempFile(t, "x")); err != nil {
				t.Fatal(err)
			}
		}
		var saying sync.WaitGroup
		saying.Go(func() {
			if n, _, err := raw.WriteMsgUnix(said, oob, nil); err == nil {
				_, _ = raw.Write(said[n:])
			}
			_ = raw.Close()
		})
		defer saying.Wait()
		good := 0
		for line := range bytes.Lines(said) {
			if bytes.HasSuffix(line, []byte("\n")) && json.Unmarshal(line, new(Message)) == nil {
				good++
			}
		}
		for {
			m, err := l.Receive()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				good--
			}
			if m.File != nil {
				_ = m.File.Close()
			}
		}
		if good != 0 {
			t.Errorf("%d good lines were not heard", good)
		}
	})
}
