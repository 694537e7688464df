package safe_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"bones-tui/logview/safe"
)

func TestJSONForATerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":"plain ä 日本"}`:                       `{"a":"plain ä 日本"}`,
		"{\"a\":\"\u009b31m\"}":                    `{"a":"\u009b31m"}`,
		"{\"a\":\"\u202egnp.exe\"}":                `{"a":"\u202egnp.exe"}`,
		"{\"a\":\"\x7f\u2028\u200b\"}":             `{"a":"\u007f\u2028\u200b"}`,
		"{\"a\":\"\U000e0041\"}":                   `{"a":"\udb40\udc41"}`,
		"{\"a\":\"\xff\x9b\"}":                     `{"a":"\ufffd\ufffd"}`,
		"{\"a\":1,\r\t\"b\":2}\r\n":                "{\"a\":1,  \"b\":2} \n",
		"{\"a\":\"\u0301\"}":                       `{"a":"\u0301"}`,
		"{\"a\":\"e\u0301\"}":                      "{\"a\":\"e\u0301\"}",
		"\"e" + strings.Repeat("\u0301", 5) + "\"": "\"e\u0301\u0301\u0301\\u0301\\u0301\"",
		"\x1b[2J": `\u001b[2J`,
	} {
		for _, step := range []int{1, len(in)} {
			var out bytes.Buffer
			w := safe.JSON(&out)
			for rest := []byte(in); len(rest) > 0; rest = rest[min(step, len(rest)):] {
				if n, err := w.Write(rest[:min(step, len(rest))]); err != nil || n == 0 {
					t.Fatalf("Write returns %d, %v", n, err)
				}
			}
			if out.String() != want {
				t.Errorf("%q in steps of %d comes out as %q, want %q", in, step, out.String(), want)
			}
		}
	}
}

// FuzzJSON: what comes out says the same, and holds nothing that a terminal would obey.
func FuzzJSON(f *testing.F) {
	f.Add([]byte("{\"a\":\"\u009b\u202e\xff\u0301\",\r\"b\":[1]}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		if _, err := safe.JSON(&out).Write(append(in, '\n')); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			for _, r := range line {
				if !safe.Shown(r) {
					t.Fatalf("%q comes out as %q", in, line)
				}
			}
			if !utf8.ValidString(line) {
				t.Fatalf("%q comes out as %q", in, line)
			}
		}
		var was, is any
		if json.Unmarshal(in, &was) != nil {
			return
		}
		if err := json.Unmarshal(out.Bytes(), &is); err != nil || !reflect.DeepEqual(was, is) {
			t.Fatalf("%q says %v, and %q says %v (%v)", in, was, out.String(), is, err)
		}
	})
}
