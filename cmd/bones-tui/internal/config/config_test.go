package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"bones-tui/cmd/bones-tui/internal/config"
	"bones-tui/tui"
)

var update = flag.Bool("update", false, "write the table of commands anew")

func load(t *testing.T, text string) (tui.Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := config.Load(path)
	return s, err
}

func TestLoad(t *testing.T) {
	t.Run("no file leaves the defaults", func(t *testing.T) {
		s, ascii, err := config.Load(filepath.Join(t.TempDir(), "config.toml"))
		if err != nil || ascii || !reflect.DeepEqual(s, tui.DefaultSettings()) {
			t.Errorf("%+v, %t, %v", s, ascii, err)
		}
	})
	t.Run("what is set replaces the default, the rest stays", func(t *testing.T) {
		s, err := load(t, "mouse = true\n[rates]\nsample = '2s'\n[alarms]\nbell = false\ndisk_mb = 5\n[filters]\n'b c' = 'rpc:x'\na = 'level>=warn'\n"+
			"[theme]\nbad = '#ff0000'\n[keys]\nstop = ['X']\n")
		if err != nil {
			t.Fatal(err)
		}
		want := tui.DefaultSettings()
		want.Mouse, want.Rates.Sample, want.Alarms.Bell, want.Alarms.Disk = true, 2*time.Second, false, 5<<20
		want.Theme.Bad = "#ff0000"
		want.Filters = []tui.SavedFilter{{Name: "a", Filter: "level>=warn"}, {Name: "b c", Filter: "rpc:x"}}
		want.Keys = map[string][]string{"stop": {"X"}}
		if !reflect.DeepEqual(s, want) {
			t.Errorf("got  %+v\nwant %+v", s, want)
		}
	})
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		line, column int
		msg          string
	}{
		"a mistake of TOML":     {"mouse = \n", 1, 9, ""},
		"an unknown setting":    {"mouse = true\n\n[rates]\n  speed = 3\n", 4, 3, "there is no setting rates.speed"},
		"an unknown table":      {"[colours]\nok = 1\n", 1, 2, "there is no setting colours"},
		"a wrong type":          {"[alarms]\nbell = 'loud'\n", 2, 8, ""},
		"a duration":            {"[rates]\nframes = 20\nsample = 'often'\n", 3, 1, `rates.sample: must be a duration such as "2s"`},
		"a range":               {"[rates]\nframes = 600\n", 2, 1, "rates.frames: must be from 1 to 60"},
		"a colour":              {"theme = {ok = 'green'}\n", 1, 1, "theme.ok: must be a colour: a number from 0 to 255, or #rrggbb"},
		"a filter":              {"[filters]\n'a b' = 'level>=loud'\n", 2, 1, ""},
		"a command":             {"[keys]\nexplode = ['X']\n", 2, 1, "keys.explode: there is no such command"},
		"a key":                 {"[keys]\nstop = ['ctrl+shift+x']\n", 2, 1, `keys.stop: "ctrl+shift+x" is no key that every terminal can send`},
		"a key of another":      {"[keys]\n\nstop = ['j']\n", 3, 1, `keys.stop: "j" is also the key of "down"`},
		"a key that leads back": {"[keys]\nstop = ['esc']\n", 2, 1, `keys.stop: "esc" always leads back or out`},
		"a dotted key":          {"alarms.errors = -1\n", 1, 8, "alarms.errors: must be a number of lines"},
		"the same thing twice":  {"mouse = true\nmouse = true\n", 2, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text)
			var at *config.Error
			if !errors.As(err, &at) {
				t.Fatalf("error %v", err)
			}
			if at.Line != c.line || at.Column != c.column || c.msg != "" && at.Msg != c.msg || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v; want %d:%d %s", err, c.line, c.column, c.msg)
			}
		})
	}
	t.Run("a file that cannot be read", func(t *testing.T) {
		_, _, err := config.Load(t.TempDir())
		var at *config.Error
		if !errors.As(err, &at) {
			t.Errorf("error %v", err)
		}
	})
}

const doc = "../../../../docs/config.md"

func TestDocumentation(t *testing.T) {
	b, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	t.Run("names every setting", func(t *testing.T) {
		for _, name := range settings(reflect.TypeFor[config.File](), "") {
			if !strings.Contains(text, "| `"+name) {
				t.Errorf("%s is not described", name)
			}
		}
	})
	t.Run("its example holds every setting at its default", func(t *testing.T) {
		_, example, _ := strings.Cut(text, "```toml\n")
		example, _, _ = strings.Cut(example, "```")
		s, err := load(t, example)
		if err != nil {
			t.Fatal(err)
		}
		want := tui.DefaultSettings()
		want.Filters, want.Keys = s.Filters, s.Keys
		if !reflect.DeepEqual(s, want) || len(s.Filters) == 0 || len(s.Keys) == 0 {
			t.Errorf("got  %+v\nwant %+v", s, want)
		}
		for _, name := range settings(reflect.TypeFor[config.File](), "") {
			if _, field, _ := strings.Cut("."+name, "."); !strings.Contains(example, field[strings.LastIndex(field, ".")+1:]) {
				t.Errorf("%s is not in the example", name)
			}
		}
	})
	t.Run("names every command with its keys", func(t *testing.T) {
		const head = "| Command | Keys | Does |\n|---|---|---|\n"
		before, table, _ := strings.Cut(text, head)
		var want strings.Builder
		for _, c := range tui.Commands() {
			fmt.Fprintf(&want, "| `%s` | `%s` | %s |\n", c.Name, strings.Join(c.Keys, "` `"), c.Does)
		}
		if *update {
			if err := os.WriteFile(doc, []byte(before+head+want.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if table != want.String() {
			t.Errorf("the table is not that of the program; -update writes it anew:\n%s", want.String())
		}
	})
}

// settings lists the names of the fields, with a dot between table and field.
func settings(of reflect.Type, prefix string) []string {
	var out []string
	for i := range of.NumField() {
		f := of.Field(i)
		name := prefix + f.Tag.Get("toml")
		switch f.Type.Kind() {
		case reflect.Struct:
			out = append(out, settings(f.Type, name+".")...)
		default:
			out = append(out, name)
		}
	}
	return out
}
