package fossil_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/xfer"
)

func TestLogin(t *testing.T) {
	r := newRepo(t)
	ctx := t.Context()
	for _, u := range []fossil.User{{Login: "dev", Caps: "oi"}, {Login: "slot-a", Caps: "oih"}, {Login: "reader2", Caps: "u"}, {Login: "none", Caps: ""}} {
		password := "secret"
		if u.Login == "slot-a" {
			password = ""
		}
		if err := r.CreateUser(ctx, u, password); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.SetCaps(ctx, "nobody", ""); err != nil {
		t.Fatal(err)
	}
	pull := []byte("pull x " + r.ProjectCode() + "\n")
	push := []byte("push x " + r.ProjectCode() + "\n")
	tolerant := signed(r.ProjectCode(), "slot-a", "", append(bytes.Clone(push), "# random comment that is not sent\n"...))
	tolerant = bytes.TrimSuffix(tolerant, []byte("# random comment that is not sent\n"))
	for name, c := range map[string]struct {
		cards []byte
		want  string
	}{
		"anonymous pull":        {pull, "not authorized to read"},
		"anonymous push":        {push, "not authorized to write"},
		"anonymous clone":       {[]byte("clone 3 1\n"), "not authorized to clone"},
		"developer":             {signed(r.ProjectCode(), "dev", "secret", push), ""},
		"wrong password":        {signed(r.ProjectCode(), "dev", "wrong", push), "login failed"},
		"unknown user":          {signed(r.ProjectCode(), "nobody2", "secret", push), "login failed"},
		"nobody":                {signed(r.ProjectCode(), "nobody", "", push), "login failed"},
		"anonymous":             {signed(r.ProjectCode(), "anonymous", "", push), "login failed"},
		"empty stored password": {signed(r.ProjectCode(), "orchestrator", "", push), "login failed"},
		"salt of other project": {signed(strings.Repeat("0", 40), "dev", "secret", push), "login failed"},
		"slot, empty password":  {signed(r.ProjectCode(), "slot-a", "", push), ""},
		"nonce of other bytes":  {tolerant, ""},
		"reader may not write":  {signed(r.ProjectCode(), "reader2", "secret", push), "not authorized to write"},
		"no rights":             {signed(r.ProjectCode(), "none", "secret", pull), "not authorized to read"},
	} {
		cards := sendRaw(t, r, c.cards)
		if strings.Contains(name, "clone") {
			cards = slices.DeleteFunc(cards, func(c xfer.Card) bool { _, ok := c.(xfer.Push); return ok })
		}
		if got := refused(t, cards); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestStrictLoginWantsTheHashOfTheRest(t *testing.T) {
	path := seededFile(t)
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite, fossil.WithStrictLogin(true))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.CreateUser(t.Context(), fossil.User{Login: "dev", Caps: "oi"}, "secret"); err != nil {
		t.Fatal(err)
	}
	push := []byte("push x " + r.ProjectCode() + "\n")
	good := signed(r.ProjectCode(), "dev", "secret", push)
	if got := refused(t, sendRaw(t, r, good)); got != "" {
		t.Errorf("right login: %q", got)
	}
	if got := refused(t, sendRaw(t, r, append(good, "# more\n"...))); got != "login failed" {
		t.Errorf("login of other bytes: %q, want login failed", got)
	}
}

func TestProjectCodeInEitherPlace(t *testing.T) {
	r := newRepo(t)
	for cards, want := range map[string]string{
		"pull x " + r.ProjectCode():                                       "",
		"pull " + r.ProjectCode() + " x":                                  "",
		"push " + r.ProjectCode():                                         "",
		"push " + r.ProjectCode() + " " + r.ProjectCode():                 "",
		"pull x " + strings.Repeat("0", 40):                               "wrong project",
		"push " + strings.Repeat("1", 40) + " " + strings.Repeat("2", 40): "wrong project",
		"push x": "wrong project",
	} {
		if got := refused(t, sendRaw(t, r, []byte(cards+"\n"))); got != want {
			t.Errorf("%s: %q, want %q", cards, got, want)
		}
	}
}
