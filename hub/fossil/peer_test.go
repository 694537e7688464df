package fossil_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// peer runs the real fossil program.
type peer struct {
	tb   testing.TB
	home string
	dir  string
}

func newPeer(tb testing.TB) *peer {
	tb.Helper()
	peertest.Fossil(tb)
	if t, ok := tb.(*testing.T); ok {
		t.Parallel() // the time goes into waiting for other processes
	}
	return &peer{tb: tb, home: tb.TempDir(), dir: tb.TempDir()}
}

// command prepares a run of fossil with a home of its own.
func (p *peer) command(args ...string) *exec.Cmd {
	cmd := exec.Command("fossil", args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.home, "FOSSIL_HOME="+p.home, "USER=tester", "FOSSIL_USER=tester", "TZ=UTC")
	return cmd
}

// try runs fossil and returns its output.
func (p *peer) try(args ...string) (string, error) {
	out, err := p.command(args...).CombinedOutput()
	return string(out), err
}

// run is try that must succeed.
func (p *peer) run(args ...string) string {
	p.tb.Helper()
	out, err := p.try(args...)
	if err != nil {
		p.tb.Fatalf("fossil %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (p *peer) write(name, content string) {
	p.tb.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		p.tb.Fatal(err)
	}
}

// in returns the same peer in another directory.
func (p *peer) in(dir string) *peer {
	q := *p
	q.dir = filepath.Join(p.dir, dir)
	return &q
}

// cloneTo clones the hub and opens it in a new directory.
func (p *peer) cloneTo(url, name string) *peer {
	p.tb.Helper()
	p.run("clone", url, name+".fossil")
	p.run("open", name+".fossil", "--workdir", name)
	return p.in(name)
}

// loginTo is cloneTo with an account, whose password the clone keeps.
func (p *peer) loginTo(url, name, login, password string) *peer {
	p.tb.Helper()
	p.run("clone", strings.Replace(url, "http://", "http://"+login+":"+password+"@", 1), name+".fossil")
	p.run("sql", "-R", name+".fossil", "REPLACE INTO config(name,value) VALUES('last-sync-pw', obscure('"+password+"'))")
	p.run("open", name+".fossil", "--workdir", name)
	q := p.in(name)
	q.run("user", "default", login)
	return q
}

// expect fails unless out contains every text.
func expect(tb testing.TB, what, out string, texts ...string) {
	tb.Helper()
	for _, text := range texts {
		if !strings.Contains(out, text) {
			tb.Errorf("%s lacks %q:\n%s", what, text, out)
		}
	}
}

// integrity has fossil check the live file.
func (p *peer) integrity(r *fossil.Repo) {
	p.tb.Helper()
	out := p.run("test-integrity", "--parse", "-R", r.Path())
	expect(p.tb, "test-integrity", out, " 0 errors", "low-level database integrity-check: ok")
	if strings.Contains(out, "manifest_parse failed") {
		p.tb.Error(out)
	}
}

func withLogin(url, login, password string) string {
	return strings.Replace(url, "http://", "http://"+login+":"+password+"@", 1)
}

// server runs "fossil server" on a repository until the end of the test and
// returns its URL.
func (p *peer) server(repo string) string {
	p.tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.tb.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil { // fossil cannot choose a free port
		p.tb.Fatal(err)
	}
	cmd := p.command("server", "--port", strconv.Itoa(addr.Port), "--localhost", repo)
	if err := cmd.Start(); err != nil {
		p.tb.Fatal(err)
	}
	p.tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		c, err := net.DialTimeout("tcp", addr.String(), time.Second)
		if err == nil {
			_ = c.Close()
			return "http://" + addr.String() + "/"
		}
		if time.Now().After(deadline) {
			p.tb.Fatalf("fossil server does not answer: %v", err)
		}
	}
}
