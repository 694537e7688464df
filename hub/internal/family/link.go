package family

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// Word is what one process of a family says to another.
type Word string

// The words.
const (
	// StandingBy, of an heir to its predecessor: everything is checked, and it waits.
	StandingBy Word = "standing by"
	// Listener, of a starter to the process that it has started: the Fossil server's
	// listener comes with it.
	Listener Word = "listener"
	// Go, of a predecessor to its heir: it has let go of both stores.
	Go Word = "go"
	// Ready, of a hub to the process that has started it.
	Ready Word = "ready"
	// Stop, of an heir to its predecessor: it was told to stop, so nobody shall follow.
	Stop Word = "stop"
	// Bye, of a hub to its keeper: its end is asked for; it shall not be started again.
	Bye Word = "bye"
	// Member, of a hub to its keeper: the descriptor that comes with it is another
	// hub's link to the keeper.
	Member Word = "member"
	// Renew, of a hub to its keeper: what to start it with has changed.
	Renew Word = "renew"
	// End, of a hub to its keeper: to end at once.
	End Word = "end"
)

// Message is one thing said. On the wire it is one line of JSON.
type Message struct {
	Word Word  `json:"word"`
	Spec *Spec `json:"spec,omitempty"` // of Renew

	File    *os.File `json:"-"`                 // that came along, or goes; at most one
	Carries bool     `json:"carries,omitempty"` // File is there; set by Send
}

// Link is one end of a conversation between two processes of a family. Its other end is
// closed by the kernel when the other process ends.
type Link struct {
	conn *net.UnixConn
	in   *bufio.Reader

	mu    sync.Mutex // guards Send
	files []*os.File // received, for messages not yet returned
}

// NewLink makes a Link of a descriptor, which it takes over.
func NewLink(f *os.File) (*Link, error) {
	if f == nil {
		return nil, errors.New("family: use link: there is none")
	}
	c, err := net.FileConn(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("family: use link: %w", err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.New("family: use link: not a socket pair"), c.Close())
	}
	l := &Link{conn: u}
	l.in = bufio.NewReader(reader{l})
	return l, nil
}

// Pair makes both ends of a conversation: ours, and the descriptor to pass on.
func Pair() (ours *Link, theirs *os.File, err error) {
	a, b, err := SocketPair()
	if err != nil {
		return nil, nil, fmt.Errorf("family: make link: %w", err)
	}
	if ours, err = NewLink(a); err != nil {
		return nil, nil, errors.Join(err, b.Close())
	}
	return ours, b, nil
}

// Say sends a word.
func (l *Link) Say(w Word) error { return l.Send(Message{Word: w}) }

// Send sends a message. A nil Link hears nothing.
func (l *Link) Send(m Message) error {
	if l == nil {
		return nil
	}
	m.Carries = m.File != nil
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	oob, err := rights(m.File)
	if err != nil {
		return fmt.Errorf("family: say %q: %w", m.Word, err)
	}
	line = append(line, '\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	n, _, err := l.conn.WriteMsgUnix(line, oob, nil)
	if err == nil && n < len(line) { // the kernel takes as much as it has room for
		_, err = l.conn.Write(line[n:])
	}
	if err != nil {
		return fmt.Errorf("family: say %q: %w", m.Word, err)
	}
	return nil
}

// Receive waits for the next message. The error is io.EOF once the other end is gone, as
// that of a nil Link is from the start; after any other error the conversation goes on.
// File is nil if the descriptor that was sent along has not arrived. One goroutine at a
// time may receive.
func (l *Link) Receive() (m Message, err error) {
	if l == nil {
		return m, io.EOF
	}
	line, err := l.in.ReadBytes('\n')
	if err != nil { // a torn line is a death as well
		for _, f := range l.files {
			closeFile(f)
		}
		l.files = nil
		return m, io.EOF
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("family: hear: %w", err)
	}
	if m.Carries && len(l.files) > 0 {
		m.File, l.files = l.files[0], l.files[1:]
	}
	return m, nil
}

// Close ends the conversation, and a Receive under way.
func (l *Link) Close() error {
	if l == nil {
		return nil
	}
	return l.conn.Close()
}

// reader reads a link's bytes and keeps the descriptors that come with them.
type reader struct{ link *Link }

// Read implements io.Reader.
func (r reader) Read(p []byte) (int, error) {
	oob := make([]byte, rightsRoom)
	n, m, _, _, err := r.link.conn.ReadMsgUnix(p, oob)
	if err != nil || n == 0 {
		return 0, io.EOF
	}
	files, err := granted(oob[:m])
	r.link.files = append(r.link.files, files...)
	return n, err
}
