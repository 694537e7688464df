package artifact_test

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
)

// TestParseAgreesWithFossil changes real artifacts at random and asks Fossil
// itself whether each is still structural.
func TestParseAgreesWithFossil(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	real := realArtifacts(t)
	rng := rand.New(rand.NewPCG(1, mutantSeed()))
	all := map[string][]byte{}
	for i := range mutants() {
		b := mutate(rng, real[i%len(real)])
		all[blob.SHA1(b)] = b
	}
	failed := p.failures(all)
	rejected := 0
	for uuid, b := range all {
		_, err := artifact.Parse(b)
		why, bad := failed[uuid]
		if err != nil && !bad { // plain content is not reported
			why, bad = p.parse(b)
		}
		if bad {
			rejected++
		}
		if (err != nil) != bad {
			t.Errorf("Parse = %v, Fossil says %q\n%q", err, why, b)
		}
	}
	if rejected == 0 || rejected == len(all) {
		t.Errorf("Fossil rejects %d of %d: the mutants test nothing", rejected, len(all))
	}
}

// peer runs the fossil command on throw-away files.
type peer struct {
	t         *testing.T
	path, dir string
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	path, err := exec.LookPath("fossil")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the fossil command is not installed")
		}
		t.Skip("the fossil command is not installed: agreement with it is NOT tested")
	}
	return &peer{t: t, path: path, dir: t.TempDir()}
}

func (p *peer) run(stdin string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = p.dir, append(os.Environ(), "HOME="+p.dir, "USER=tester"), strings.NewReader(stdin)
	out, _ := cmd.CombinedOutput() // a parse failure is not an error of the test
	return string(out)
}

// failures stores the blobs in a repository and returns those that look
// structural but do not parse, with Fossil's reason.
func (p *peer) failures(blobs map[string][]byte) map[string]string {
	p.t.Helper()
	p.run("", "new", "r.fossil")
	var sql strings.Builder
	sql.WriteString("BEGIN;\n")
	for uuid, b := range blobs {
		fmt.Fprintf(&sql, "INSERT INTO blob(rcvid,size,uuid,content) VALUES(1,%d,'%s',compress(x'%x'));\n", len(b), uuid, b)
	}
	sql.WriteString("COMMIT;\n")
	p.run(sql.String(), "sql", "-R", "r.fossil")
	report := p.run("", "test-integrity", "--parse", "-R", "r.fossil")
	if want := fmt.Sprintf("(out of %d total)", len(blobs)+1); !strings.Contains(report, want) {
		p.t.Fatalf("the peer did not check every blob, want %q in %q", want, report)
	}
	failed := map[string]string{}
	lines := strings.FieldsFunc(report, func(r rune) bool { return r == '\r' || r == '\n' })
	for i, line := range lines {
		if uuid, ok := strings.CutPrefix(line, "manifest_parse failed for "); ok && i+1 < len(lines) {
			failed[strings.TrimSuffix(uuid, ":")] = lines[i+1]
		}
	}
	return failed
}

// parse asks Fossil about a single artifact.
func (p *peer) parse(b []byte) (why string, bad bool) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "one"), b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	why = p.run("", "test-parse-manifest", "one")
	return why, !strings.Contains(why, "manifest_parse() worked")
}

func mutants() int {
	if n := os.Getenv("MUTANTS"); n != "" {
		var v int
		fmt.Sscan(n, &v)
		return v
	}
	return 300
}

func mutantSeed() (v uint64) {
	fmt.Sscan(os.Getenv("SEED"), &v)
	return v
}

// realArtifacts returns artifacts that Fossil wrote, one of each kind at least.
func realArtifacts(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob("testdata/real/*")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no real artifacts: %v", err)
	}
	all := make([][]byte, 0, len(files))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, b)
	}
	return append(all, synthetic()...)
}

// synthetic returns artifacts of the kinds and forms that no capture has.
func synthetic() [][]byte {
	const a, b = "a9993e364706816aba3e25717850c26c9cd0d89d", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
	const date = "D 2026-01-02T03:04:05.678\n"
	var all [][]byte
	for _, cards := range []string{
		date + "H a\\stitle\nN text/plain\nU dev1\nW 3\nabc\n",
		date + "G " + a + "\nI " + b + "\nN text/plain\nP " + a + "\nU dev1\nW 0\n\n",
		"M " + b + "\nM " + a + "\n",
		"B " + a + "\nC delta\n" + date + "F a " + a + "\nF b\nF c " + b + " w d\nP " + b + "\nR d41d8cd98f00b204e9800998ecf8427e\nU dev1\n",
		"A note.txt Home\n" + date + "U dev1\n",
		"C note\n" + date + "L Home\nN text/plain\nP " + a + "\nU dev1\nW 0\n\n",
		date + "J +icomment more\\stext\nJ status Fixed\nK " + a + "\nU dev1\n",
		date + "T *bgcolor " + a + " #ff0000\nT +comment " + a + " new\\stext\nT +date " + b + " 2026-01-02T03:04:05\nT -sym-x " + a + "\nU dev1\n",
	} {
		all = append(all, withChecksum([]byte(cards)))
	}
	return all
}

// mutate changes one to three lines of b and, mostly, makes the Z card right again.
func mutate(rng *rand.Rand, b []byte) []byte {
	lines := bytes.SplitAfter(bytes.TrimSuffix(b, []byte{'\n'}), []byte{'\n'})
	lines = lines[:len(lines)-1] // without Z
	for range 1 + rng.IntN(2) {
		lines = mutateLines(rng, lines)
	}
	body := bytes.Join(lines, nil)
	if rng.IntN(20) == 0 {
		return append(body, b[len(b)-35:]...)
	}
	return withChecksum(body)
}

// withChecksum returns body with a right Z card.
func withChecksum(body []byte) []byte {
	return fmt.Appendf(bytes.Clone(body), "Z %x\n", md5.Sum(body))
}

// bigCheckIn returns a check-in of n files.
func bigCheckIn(n int) *artifact.Artifact {
	a := &artifact.Artifact{Kind: artifact.CheckIn, Comment: "big", User: "u", Time: time.Unix(1767323045, 0)}
	for i := range n {
		name := fmt.Sprintf("dir%03d/some file %05d.go", i/50, i)
		a.Files = append(a.Files, artifact.File{Name: name, UUID: blob.SHA1([]byte(name))})
	}
	return a
}

func mutateLines(rng *rand.Rand, lines [][]byte) [][]byte {
	extra := []string{
		"A file Target\n", "B 9260d457b0b092368a68e3e6148d4847f5dc4ccb4d32283d956e2e432fec7383\n", "C\n", "C two words\n", "C \n",
		"D 2026-01-02 03:04:05\n", "D 2026-01-02\n", "D nonsense\n", "E 2026-01-02T03:04:05 cc9576caa08c4cd5de92b4feda215a4ec2d0db79\n",
		"F\n", "F ../x a9993e364706816aba3e25717850c26c9cd0d89d\n", "F zz a9993e364706816aba3e25717850c26c9cd0d89d q old\n", "F .fslckout a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"F zz\n", "F zz \n", "F a//b a9993e364706816aba3e25717850c26c9cd0d89d\n", "F zz/ a9993e364706816aba3e25717850c26c9cd0d89d\n", "F ./zz a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"F zz\\\\b a9993e364706816aba3e25717850c26c9cd0d89d\n", "F zz\x01 a9993e364706816aba3e25717850c26c9cd0d89d\n", "F zz\xff a9993e364706816aba3e25717850c26c9cd0d89d\n", "F /zz a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"F -zz a9993e364706816aba3e25717850c26c9cd0d89d\n", "F z*z a9993e364706816aba3e25717850c26c9cd0d89d\n", "F z[z a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"G a9993e364706816aba3e25717850c26c9cd0d89d\n", "H title\n", "I a9993e364706816aba3e25717850c26c9cd0d89d\n", "J name\n", "J +name value\n", "J\n", "K a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"K a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a\n", "K short\n", "L Page\n", "L\n", "M a9993e364706816aba3e25717850c26c9cd0d89d\n", "M a9993e36\n", "N text/plain\n", "N\n",
		"P\n", "P a9993e364706816aba3e25717850c26c9cd0d89d \n", "P a9993e364706816aba3e25717850c26c9cd0d89d\n", "P A9993E364706816ABA3E25717850C26C9CD0D89D\n",
		"Q +a9993e364706816aba3e25717850c26c9cd0d89d\n", "Q -a9993e364706816aba3e25717850c26c9cd0d89d a9993e364706816aba3e25717850c26c9cd0d89d\n", "Q a9993e364706816aba3e25717850c26c9cd0d89d\n",
		"R d41d8cd98f00b204e9800998ecf8427e\n", "R d41d\n", "R\n", "T *branch * x\n", "T +abc *\n", "T +sym-x a9993e364706816aba3e25717850c26c9cd0d89d\n", "T + *\n", "T x *\n", "T +x\n", "T -x *  y\n", "T +g * \n",
		"U\n", "U \n", "U a b\n", "W 0\n\n", "W 3\nabc\n", "W 3\nab\n", "W x\n\n", "W\n", "X y\n", "a b\n", "\n", "Y\n",
		"Z d41d8cd98f00b204e9800998ecf8427e\n",
	}
	i := rng.IntN(len(lines) + 1)
	pick := func() []byte { return []byte(extra[rng.IntN(len(extra))]) }
	sorted := func(line []byte) [][]byte {
		at := 0
		for at < len(lines) && bytes.Compare(lines[at][:1], line[:1]) < 0 {
			at++
		}
		return append(append(append([][]byte{}, lines[:at]...), line), lines[at:]...)
	}
	switch op := rng.IntN(8); {
	case op < 3 || i == len(lines):
		return sorted(pick())
	case op == 3:
		return append(append([][]byte{}, lines[:i]...), lines[i+1:]...)
	case op == 4:
		return append(append(append([][]byte{}, lines[:i]...), lines[i]), lines[i:]...)
	case op == 5:
		out := append([][]byte{}, lines...)
		out[i] = pick()
		return out
	case op == 6:
		out := append([][]byte{}, lines...)
		j := rng.IntN(len(lines))
		out[i], out[j] = out[j], out[i]
		return out
	default:
		out := append([][]byte{}, lines...)
		line := bytes.Clone(out[i])
		line[rng.IntN(len(line))] = " \n*+-\\x0/.\x00\xc3wl"[rng.IntN(14)]
		out[i] = line
		return out
	}
}
