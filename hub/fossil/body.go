package fossil

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"bones-tui/hub/fossil/internal/xfer"
)

const (
	// maxBody bounds a request body. A client's message is about 250 kB and
	// one artifact.
	maxBody = 64 << 20
	// grace and minRate say how long a body may take: a minute, and a second
	// for each minRate bytes. Clients take a cut connection for success, so
	// large artifacts must get through even on a busy machine.
	grace   = time.Minute
	minRate = 64 << 10
	// maxPause is how long a large body may stand still, as others wait for its place.
	maxPause = 15 * time.Second
	// maxDiscard is how much of a body too large is read for nothing.
	maxDiscard = 4 << 30
)

var errTooLarge = fmt.Errorf("message is larger than %d MB", maxBody>>20)

// paced reads a body that must keep to the minimum rate.
type paced struct {
	body  io.Reader
	conn  *http.ResponseController
	start time.Time
	got   int64
	large bool // others wait
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	// Where deadlines are not supported there is no connection to hold on to.
	_ = p.conn.SetReadDeadline(p.deadline(time.Now()))
	n, err := p.body.Read(b)
	p.got += int64(n)
	return n, err
}

// resume goes on after a pause that was not the client's.
func (p *paced) resume() {
	p.large = true
	p.start = time.Now().Add(-time.Duration(p.got/minRate) * time.Second)
}

func (p *paced) deadline(now time.Time) time.Time {
	end := p.start.Add(timeFor(p.got))
	if soon := now.Add(maxPause); p.large && soon.Before(end) {
		return soon
	}
	return end
}

func timeFor(size int64) time.Duration {
	return grace + time.Duration(size/minRate)*time.Second
}

// readMessage reads a request body. One that is large waits for its place first.
func readMessage(w http.ResponseWriter, q *http.Request, own *share) ([]byte, error) {
	conn := http.NewResponseController(w)
	pace := &paced{body: q.Body, conn: conn, start: time.Now()}
	if q.ContentLength > maxBody {
		// Clients read an answer only when they have sent everything.
		_, _ = io.CopyN(io.Discard, pace, min(q.ContentLength, maxDiscard))
		return nil, errTooLarge
	}
	r := http.MaxBytesReader(w, io.NopCloser(pace), maxBody)
	// The announced length is a claim: memory is only spent on what arrives.
	body := make([]byte, 0, max(512, min(q.ContentLength+1, smallBody)))
	for {
		if len(body) == cap(body) {
			if len(body) >= smallBody && !own.large {
				_ = conn.SetReadDeadline(time.Time{}) // it is us whom it waits for
				if !own.grow(q.Context()) {
					return nil, q.Context().Err()
				}
				pace.resume()
			}
			body = slices.Grow(body, max(1, min(len(body), int(q.ContentLength)+1-len(body))))
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			_ = conn.SetReadDeadline(time.Time{}) // or it would end the answer too
			return body, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// writeReply sends a whole body. Old clients need its length.
func writeReply(w http.ResponseWriter, enc xfer.Encoding, body []byte) error {
	conn := http.NewResponseController(w)
	_ = conn.SetWriteDeadline(time.Now().Add(timeFor(int64(len(body)))))
	w.Header().Set("Content-Type", enc.ContentType())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := conn.Flush(); !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// writeError sends an error card.
func writeError(w http.ResponseWriter, enc xfer.Encoding, text string) error {
	var cards xfer.Writer
	cards.Error(text)
	return writeReply(w, enc, xfer.Encode(cards.Bytes(), enc))
}
