package artifact_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
)

func TestGoldenRSum(t *testing.T) {
	t.Parallel()
	sum := artifact.NewRSum()
	if got := sum.Sum(); got != "d41d8cd98f00b204e9800998ecf8427e" {
		t.Errorf("sum of no files = %s", got)
	}
	sum.Add("README.md", []byte("# demo\n"))
	sum.Add("docs/na me.md", []byte("caf\u00e9 \n"))
	sum.Add("run.sh", []byte("#!/bin/sh\necho hi\n"))
	text := "package main\nfunc main(){}\n"
	if err := sum.AddReader("src/main.go", int64(len(text)), strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	sum.Add("src/pkg/a.go", []byte("package pkg\n"))
	if got := sum.Sum(); got != "af30a5df4317e495b92409fc9735edde" {
		t.Errorf("sum = %s", got)
	}
}

func TestRSumRefusesAnotherSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{2, 4} {
		if err := artifact.NewRSum().AddReader("x", size, strings.NewReader("abc")); !errors.Is(err, artifact.ErrSize) {
			t.Errorf("size %d: %v, want ErrSize", size, err)
		}
	}
}

func TestEveryRealArtifactParses(t *testing.T) {
	t.Parallel()
	kinds := map[artifact.Kind]int{}
	for _, b := range realArtifacts(t) {
		a, err := artifact.Parse(b)
		if err != nil {
			t.Errorf("%v\n%s", err, b)
			continue
		}
		kinds[a.Kind]++
	}
	for k := artifact.CheckIn; k <= artifact.Forum; k++ {
		if kinds[k] == 0 {
			t.Errorf("no %s among the real artifacts", k)
		}
	}
}

func TestEncodeReproducesWhatFossilWrote(t *testing.T) {
	t.Parallel()
	n := 0
	for _, b := range realArtifacts(t) {
		a, err := artifact.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if a.Kind > artifact.Cluster || a.Baseline != "" {
			continue
		}
		n++
		b = withChecksum(bytes.ReplaceAll(b[:len(b)-35], []byte(" w\n"), []byte("\n"))) // "fossil branch new" writes a needless w
		if got := a.Encode(); !bytes.Equal(got, b) {
			t.Errorf("Encode =\n%swant\n%s", got, b)
		}
	}
	if n < 10 {
		t.Errorf("only %d artifacts compared", n)
	}
}

func TestCheckInCards(t *testing.T) {
	t.Parallel()
	const uuid, old = "a9993e364706816aba3e25717850c26c9cd0d89d", "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	in := artifact.Artifact{
		Kind: artifact.CheckIn, Comment: "two\nlines \\ and \x00", User: "Jos\u00e9 A",
		Time: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		Files: []artifact.File{
			{Name: "z", UUID: uuid, Perm: artifact.Symlink},
			{Name: "a b", UUID: uuid, OldName: "old name"},
			{Name: "run", UUID: old, Perm: artifact.Exec, OldName: "walk"},
		},
		Parents:     []string{uuid, old},
		CherryPicks: []artifact.CherryPick{{Target: uuid, Base: old}, {BackOut: true, Target: old}},
		RSum:        "d41d8cd98f00b204e9800998ecf8427e",
		Tags: []artifact.Tag{
			{Type: artifact.Cancel, Name: "sym-trunk"},
			{Type: artifact.Propagate, Name: "sym-new"},
			{Type: artifact.Propagate, Name: "branch", Value: "new"},
			{Type: artifact.Single, Name: "note", Value: "with space"},
		},
	}
	want := "C two\\nlines\\s\\\\\\sand\\s\\0\nD 2026-01-02T03:04:05.678\nF a\\sb " + uuid + " w old\\sname\nF run " + old +
		" x walk\nF z " + uuid + " l\nP " + uuid + " " + old + "\nQ +" + uuid + " " + old + "\nQ -" + old +
		"\nR d41d8cd98f00b204e9800998ecf8427e\nT *branch * new\nT *sym-new *\nT +note * with\\sspace\nT -sym-trunk *\nU Jos\u00e9\\sA\nZ "
	b := in.Encode()
	if !strings.HasPrefix(string(b), want) {
		t.Fatalf("Encode =\n%swant\n%s", b, want)
	}
	out, err := artifact.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if out.Comment != in.Comment || out.User != in.User || !out.Time.Equal(in.Time) || out.RSum != in.RSum ||
		!slices.Equal(out.Parents, in.Parents) || !slices.Equal(out.CherryPicks, in.CherryPicks) {
		t.Errorf("Parse = %+v, want %+v", out, in)
	}
	if len(out.Tags) != 4 || out.Tags[0].Name != "branch" || out.Tags[3].Type != artifact.Cancel {
		t.Errorf("tags = %+v", out.Tags)
	}
	if len(out.Files) != 3 || out.Files[0].OldName != "old name" || out.Files[1].Perm != artifact.Exec || out.Files[2].Perm != artifact.Symlink {
		t.Errorf("files = %+v", out.Files)
	}
}

func TestPlainContentIsNotStructural(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "A", "hello\n", "# readme\n", strings.Repeat("A b\n", 100), "Z d41d8cd98f00b204e9800998ecf8427e\n", "C x\nZ d41d8cd98f00b204e9800998ecf8427e\n"} {
		if a, err := artifact.Parse([]byte(s)); !errors.Is(err, artifact.ErrNotStructural) {
			t.Errorf("%q: %v, %v", s, a, err)
		}
	}
}

func TestSignedArtifactsParse(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	plain := realArtifacts(t)[0]
	for _, head := range []string{"\nHash: SHA1\n\n", "\r\nHash: SHA1\r\n\r\n"} {
		signed := append([]byte("-----BEGIN PGP SIGNED MESSAGE-----"+head), plain...)
		signed = append(signed, "-----BEGIN PGP SIGNATURE-----\n\nnonsense\n-----END PGP SIGNATURE-----\n"...)
		_, err := artifact.Parse(signed)
		if why, bad := p.parse(signed); bad || err != nil {
			t.Errorf("head %q: Parse = %v, Fossil says %s", head, err, why)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-01-02T03:04:05.678":       "2026-01-02T03:04:05.678",
		"2026-01-02 03:04:05":           "2026-01-02T03:04:05.000",
		"2026-01-02T03:04":              "2026-01-02T03:04:00.000",
		"2026-01-02":                    "2026-01-02T00:00:00.000",
		"2026-01-02T03:04:05z":          "2026-01-02T03:04:05.000",
		"2026-01-02T03:04:05+01:30":     "2026-01-02T01:34:05.000",
		"2026-01-02T03:04:05.5-00:30":   "2026-01-02T03:34:05.500",
		"2026-01-02T03:04:05.123456789": "2026-01-02T03:04:05.123",
		"2026-02-30T03:04:05":           "2026-03-02T03:04:05.000",
		"2026-01-02T24:00:00":           "2026-01-03T00:00:00.000",
		"9999-12-31T23:59:59.999":       "9999-12-31T23:59:59.999",
		"2026-01-02T03:04:60":           "", "2026-13-02": "", "2026-01-32": "", "2026-01-00": "", "2026-1-2": "", "now": "", "": "",
		"2026-01-02T03:04:05.": "", "2026-01-02T03": "", "2026-01-02T03:04:05+15:30": "", "2026-01-02T03:04:05 x": "",
	} {
		got, err := artifact.ParseDate(in)
		if (err == nil) != (want != "") || err == nil && artifact.FormatDate(got) != want {
			t.Errorf("%q = %v, %v, want %q", in, got, err, want)
		}
	}
}

func TestJulianDays(t *testing.T) {
	t.Parallel()
	for j, s := range map[float64]string{2440587.5: "1970-01-01T00:00:00.000", 2460000.5: "2023-02-25T00:00:00.000", 2461042.627843495: "2026-01-02T03:04:05.678"} {
		want, err := artifact.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := artifact.FromJulian(j); !got.Equal(want) {
			t.Errorf("FromJulian(%v) = %v, want %v", j, got, want)
		}
		if got := artifact.FromJulian(artifact.Julian(want)); !got.Equal(want) {
			t.Errorf("round trip of %v = %v", want, got)
		}
	}
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	plain, escaped := "a b\nc\td\re\vf\fg\x00h\\i\u00e9", `a\sb\nc\td\re\vf\fg\0h\\i`+"\u00e9"
	if got := artifact.Escape(plain); got != escaped {
		t.Errorf("Escape = %q, want %q", got, escaped)
	}
	if got := artifact.Unescape(escaped); got != plain {
		t.Errorf("Unescape = %q, want %q", got, plain)
	}
	if got := artifact.Unescape(`x\`); got != `x\` {
		t.Errorf("lone backslash = %q", got)
	}
}

func TestValidName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "a/b.txt", "na me", "caf\u00e9/\u65e5", ".gitignore", ".github/x", "a/.bones", ".bonesy", "x.fslckout", "..a", "a..", "-x", "a*b"} {
		if err := artifact.ValidName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", "/", "/etc/passwd", "a/", "a//b", ".", "..", "./a", "../a", "a/../b", "a/..", "a/.", `a\b`, `..\a`, "a\x00b", "a\nb", "a\x7fb", "a\u0085b", "\xff",
		".git", ".git/config", ".GIT/config", "sub/.git/hooks/x", "sub/.Git", ".bones", ".bones/hub.pid", ".BONES/x", ".fslckout", "a/.fslckout-journal",
		"_FOSSIL_", "_fossil_-wal", "x/_FOSSIL_-shm", ".FSLCKOUT", strings.Repeat("a/", 2000) + "b",
	} {
		if err := artifact.ValidName(name); !errors.Is(err, artifact.ErrName) {
			t.Errorf("%q: %v, want ErrName", name, err)
		}
	}
}
