package fossil_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/xfer"
)

const testHost = "127.0.0.1:8080"

// do sends one request to a handler of r.
func do(t *testing.T, r *fossil.Repo, method, path, contentType string, body []byte, edit func(*http.Request)) *http.Response {
	t.Helper()
	h := r.Handler(fossil.HandlerOptions{Hosts: []string{testHost, "localhost:8080"}, OnFailure: ours(t)})
	q := httptest.NewRequestWithContext(t.Context(), method, "http://"+testHost+path, bytes.NewReader(body))
	if contentType != "" {
		q.Header.Set("Content-Type", contentType)
	}
	if edit != nil {
		edit(q)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q)
	return w.Result()
}

func readBody(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHTTPRefusesWhatABrowserCouldSend(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	host := func(name string) func(*http.Request) { return func(q *http.Request) { q.Host = name } }
	header := func(k, v string) func(*http.Request) { return func(q *http.Request) { q.Header.Set(k, v) } }
	const sync = "application/x-fossil"
	for name, c := range map[string]struct {
		method, path, contentType string
		edit                      func(*http.Request)
		want                      int
	}{
		"page":               {"GET", "/", "", nil, 200},
		"health":             {"GET", "/healthz", "", nil, 200},
		"health by HEAD":     {"HEAD", "/healthz", "", nil, 200},
		"other page":         {"GET", "/timeline", "", nil, 404},
		"other allowed host": {"GET", "/healthz", "", host("localhost:8080"), 200},
		"foreign host":       {"GET", "/healthz", "", host("evil.example:8080"), 421},
		"wrong port":         {"GET", "/", "", host("127.0.0.1:1"), 421},
		"host without port":  {"GET", "/", "", host("127.0.0.1"), 421},
		"no host":            {"GET", "/", "", host(""), 421},
		"sync":               {"POST", "/", sync, nil, 200},
		"sync on any path":   {"POST", "/a/b/xfer", sync, nil, 200},
		"sync foreign host":  {"POST", "/", sync, host("evil.example"), 421},
		"sync parameters":    {"POST", "/", sync + "; charset=x", nil, 200},
		"form":               {"POST", "/", "application/x-www-form-urlencoded", nil, 415},
		"text":               {"POST", "/", "text/plain", nil, 415},
		"no type":            {"POST", "/", "", nil, 415},
		"foreign origin":     {"POST", "/", sync, header("Origin", "https://evil.example"), 403},
		"cross site":         {"POST", "/", sync, header("Sec-Fetch-Site", "cross-site"), 403},
		"same origin":        {"POST", "/", sync, header("Sec-Fetch-Site", "same-origin"), 200},
		"delete":             {"DELETE", "/", "", nil, 405},
	} {
		resp := do(t, r, c.method, c.path, c.contentType, nil, c.edit)
		if resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}

func TestHTTPWaitsForReady(t *testing.T) {
	r := newRepo(t)
	for _, path := range []string{"/", "/healthz"} {
		if resp := do(t, r, "GET", path, "", nil, nil); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: status %d before ready, want 503", path, resp.StatusCode)
		}
	}
	resp := do(t, r, "POST", "/", "application/x-fossil-debug", nil, nil)
	if text := readBody(t, resp); resp.StatusCode != 200 || !strings.HasPrefix(text, "error ") {
		t.Errorf("sync before ready: %d %q, want an error card", resp.StatusCode, text)
	}
}

func TestPageEscapesWhatPeopleWrote(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	commit(t, r, fossil.Commit{Files: files("a=1"), Comment: "<script>alert(1)</script>", User: "<b>"})
	text := readBody(t, do(t, r, "GET", "/", "", nil, nil))
	if strings.Contains(text, "<script>") || strings.Contains(text, "<b>") {
		t.Errorf("unescaped text in\n%s", text)
	}
	for _, want := range []string{"demo", "fossil clone http://" + testHost + "/", "&lt;script&gt;"} {
		if !strings.Contains(text, want) {
			t.Errorf("page lacks %q:\n%s", want, text)
		}
	}
}

func TestReplyHasTheRequestsFraming(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	commit(t, r, fossil.Commit{Files: files("a=1")})
	var pull, clone xfer.Writer
	pull.Pull("x", r.ProjectCode())
	clone.Clone(3, 1)
	for _, enc := range []xfer.Encoding{xfer.Compressed, xfer.Uncompressed, xfer.Debug} {
		for _, c := range []struct {
			cards []byte
			want  xfer.Encoding
		}{{pull.Bytes(), enc}, {clone.Bytes(), max(enc, xfer.Uncompressed)}} {
			resp := do(t, r, "POST", "/", enc.ContentType(), xfer.Encode(c.cards, enc), nil)
			if got := resp.Header.Get("Content-Type"); got != c.want.ContentType() {
				t.Errorf("%s: reply is %s, want %s", enc.ContentType(), got, c.want.ContentType())
			}
			body := readBody(t, resp)
			if resp.ContentLength != int64(len(body)) {
				t.Errorf("content length %d, body %d", resp.ContentLength, len(body))
			}
			plain, err := xfer.Decode([]byte(body), c.want, xfer.NewBudget(1<<20))
			if err != nil || !bytes.Contains(plain, []byte("# timestamp 2")) {
				t.Errorf("reply %q, %v", plain, err)
			}
		}
	}
}

// zlibZeros returns n zero bytes as a zlib stream.
func zlibZeros(t *testing.T, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for zeros := make([]byte, 1<<20); n > 0; n -= len(zeros) {
		if _, err := w.Write(zeros[:min(n, len(zeros))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// framed puts a length before a zlib stream, which may be a lie.
func framed(size uint32, stream []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, size), stream...)
}

// inCFile wraps a payload in a compressed message.
func inCFile(payload []byte) []byte {
	var w xfer.Writer
	w.Push("x", "y")
	w.CFile(xfer.CFile{UUID: strings.Repeat("a", 40), Size: 1 << 30, Framed: payload})
	return xfer.Encode(w.Bytes(), xfer.Compressed)
}

func TestHTTPSurvivesGarbageAndBombs(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	push := "push x " + r.ProjectCode() + "\n"
	hash := strings.Repeat("a", 40)
	zeros := zlibZeros(t, smaller(300)<<20)
	for name, body := range map[string][]byte{
		"noise":                   []byte("\x00\x01\x02\xff\xfe"),
		"lying length":            framed(1<<31, zlibZeros(t, 1<<20)),
		"truncated":               framed(1<<20, zlibZeros(t, 1<<20))[:100],
		"bomb":                    framed(300<<20, zeros),
		"bare bomb":               zeros,
		"bomb in a message":       inCFile(framed(300<<20, zeros)),
		"bare bomb in a message":  inCFile(zeros),
		"unknown card":            []byte("frobnicate 1 2\n"),
		"file without push":       []byte("file " + hash + " 3\nabc"),
		"cut payload":             []byte(push + "file " + hash + " 3000\nabc"),
		"negative size":           []byte(push + "file " + hash + " -3\nabc"),
		"wrong hash":              []byte(push + "file " + hash + " 3\nabc"),
		"wrong hash in cfile":     append([]byte(push+"cfile "+hash+" 0 12\n"), "\x00\x00\x00\x00\x78\x9c\x03\x00\x00\x00\x00\x01"...),
		"bad zlib in cfile":       []byte(push + "cfile " + hash + " 3 5\n\x00\x00\x00\x03x"),
		"bad delta":               []byte(push + "file " + hash + " " + strings.Repeat("b", 40) + " 3\nabc"),
		"clone from nowhere":      []byte("clone 3 0\n"),
		"login without arguments": []byte("login\n"),
	} {
		resp := do(t, r, "POST", "/", "application/x-fossil", body, nil)
		text := readBody(t, resp)
		plain, err := xfer.Decode([]byte(text), xfer.Compressed, xfer.NewBudget(1<<20))
		if resp.StatusCode != 200 || err != nil || !bytes.HasPrefix(bytes.TrimPrefix(plain, []byte("push "+r.ProjectCode()+" "+r.ProjectCode()+"\n")), []byte("error ")) {
			t.Errorf("%s: %d %.100q %v, want an error card", name, resp.StatusCode, plain, err)
		}
		if strings.Contains(string(plain), "internal") {
			t.Errorf("%s: %s", name, plain)
		}
	}
	if s, err := r.Stats(t.Context()); err != nil || s.Artifacts != 0 {
		t.Errorf("%d artifacts, %v; want none", s.Artifacts, err)
	}
}

func TestHTTPRefusesABodyThatIsTooLarge(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	resp := do(t, r, "POST", "/", "application/x-fossil-debug", []byte("# x\n"), func(q *http.Request) { q.ContentLength = 1 << 40 })
	if text := readBody(t, resp); resp.StatusCode != 200 || !strings.HasPrefix(text, "error ") {
		t.Errorf("%d %q, want an error card", resp.StatusCode, text)
	}
	resp = do(t, r, "POST", "/", "application/x-fossil-debug", nil, func(q *http.Request) {
		q.ContentLength = -1
		q.Body = io.NopCloser(io.LimitReader(endless{}, 1<<40))
	})
	if text := readBody(t, resp); resp.StatusCode != 200 || !strings.HasPrefix(text, "error ") {
		t.Errorf("%d %.100q, want an error card", resp.StatusCode, text)
	}
}

// Clients read no answer before they have sent everything.
func TestWhoSendsTooMuchReadsSo(t *testing.T) {
	r := newRepo(t)
	const size = 200 << 20
	q, err := http.NewRequestWithContext(t.Context(), "POST", serve(t, r), io.LimitReader(endless{}, size))
	if err != nil {
		t.Fatal(err)
	}
	q.ContentLength = size
	q.Header.Set("Content-Type", "application/x-fossil-debug")
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if text := readBody(t, resp); !strings.HasPrefix(text, "error ") || !strings.Contains(text, "64") {
		t.Errorf("%d %.100q, want an error card", resp.StatusCode, text)
	}
}

// endless reads as newlines for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestSlowBodyGetsThroughIfItKeepsComing(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	h := r.Handler(fossil.HandlerOptions{Hosts: []string{testHost}})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.Host = testHost
		h.ServeHTTP(w, q)
	}))
	srv.Config.ReadTimeout = 500 * time.Millisecond
	srv.Config.WriteTimeout = 500 * time.Millisecond
	srv.Start()
	defer srv.Close()
	body, feed := io.Pipe()
	go func() {
		for range 10 {
			time.Sleep(80 * time.Millisecond) // the slowness is what is tested
			if _, err := io.WriteString(feed, "# comment\n"); err != nil {
				return
			}
		}
		feed.Close()
	}()
	resp, err := http.Post(srv.URL, "application/x-fossil-debug", body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text := readBody(t, resp); resp.StatusCode != 200 || strings.Contains(text, "error ") {
		t.Errorf("%d %q, want a reply without errors", resp.StatusCode, text)
	}
}
