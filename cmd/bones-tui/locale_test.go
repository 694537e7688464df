package main

import "testing"

func TestAsciiLocale(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing said":        {nil, false},
		"UTF-8":               {map[string]string{"LANG": "de_DE.UTF-8"}, false},
		"utf8":                {map[string]string{"LANG": "en_US.utf8"}, false},
		"C":                   {map[string]string{"LANG": "C"}, true},
		"Latin-1":             {map[string]string{"LANG": "de_DE.ISO-8859-1"}, true},
		"LC_ALL overrides":    {map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, true},
		"LC_CTYPE overrides":  {map[string]string{"LANG": "C", "LC_CTYPE": "C.UTF-8"}, false},
		"an empty one is not": {map[string]string{"LANG": "C.UTF-8", "LC_ALL": ""}, false},
	} {
		if got := asciiLocale(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
