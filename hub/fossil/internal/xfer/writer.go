package xfer

import (
	"slices"
	"strconv"

	"bones-tui/hub/fossil/internal/artifact"
)

// Writer collects the cards of one message. The zero value is ready for use.
type Writer struct{ b []byte }

// Bytes returns the plain cards written so far; it aliases the writer.
func (w *Writer) Bytes() []byte { return w.b }

// Len returns the number of bytes written so far.
func (w *Writer) Len() int { return len(w.b) }

// Grow makes room for n more bytes at once.
func (w *Writer) Grow(n int) { w.b = slices.Grow(w.b, n) }

// Append adds the cards of other, which must not be used any more.
func (w *Writer) Append(other *Writer) {
	if len(w.b) == 0 {
		w.b = other.b
		return
	}
	w.b = append(w.b, other.b...)
}

// Login must come first; see the package that makes signatures for its
// arguments.
func (w *Writer) Login(user, nonce, signature string) {
	w.line("login", artifact.Escape(user), nonce, signature)
}

// Pull asks for what the other end has.
func (w *Writer) Pull(serverCode, projectCode string) { w.line("pull", serverCode, projectCode) }

// Push announces artifacts or, in a clone reply, tells the codes.
func (w *Writer) Push(serverCode, projectCode string) { w.line("push", serverCode, projectCode) }

// Clone asks for everything from rid seqno on.
func (w *Writer) Clone(version int, seqno int64) {
	w.line("clone", strconv.Itoa(version), decimal(seqno))
}

// CloneSeqNo tells a clone where to go on, 0 at the end.
func (w *Writer) CloneSeqNo(n int64) { w.line("clone_seqno", decimal(n)) }

// File sends an artifact, or with a source a delta against it. No newline
// follows the content: a Fossil server takes it for a bad command.
func (w *Writer) File(f File) {
	w.private(f.Private)
	w.payload(f.Content, append([]string{"file"}, names(f.UUID, f.Source)...)...)
}

// CFile sends an artifact or delta as it is stored.
func (w *Writer) CFile(f CFile) {
	w.private(f.Private)
	w.payload(f.Framed, append(append([]string{"cfile"}, names(f.UUID, f.Source)...), decimal(f.Size))...)
	w.b = append(w.b, '\n')
}

// IGot says that this end holds an artifact.
func (w *Writer) IGot(uuid string, private bool) {
	if private {
		w.line("igot", uuid, "1")
		return
	}
	w.line("igot", uuid)
}

// Gimme asks for an artifact.
func (w *Writer) Gimme(uuid string) { w.line("gimme", uuid) }

// Cookie gives the other end a text to send back next time.
func (w *Writer) Cookie(text string) { w.line("cookie", text) }

// ReqConfig asks for a configuration area.
func (w *Writer) ReqConfig(name string) { w.line("reqconfig", name) }

// Config sends rows of a configuration area, as AppendConfig makes them.
func (w *Writer) Config(name string, content []byte) {
	w.payload(content, "config", name)
	w.b = append(w.b, '\n')
}

// UVFile sends an unversioned file. Content is left out if the flags say so.
func (w *Writer) UVFile(f UVFile) {
	w.line("uvfile", artifact.Escape(f.Name), decimal(f.MTime), f.Hash, decimal(f.Size), decimal(int64(f.Flags)))
	if f.Flags&(UVDeleted|UVOmitted) == 0 {
		w.b = append(w.b, f.Content...)
	}
}

// UVGimme asks for an unversioned file.
func (w *Writer) UVGimme(name string) { w.line("uvgimme", artifact.Escape(name)) }

// UVIGot says that this end holds an unversioned file.
func (w *Writer) UVIGot(u UVIGot) {
	w.line("uvigot", artifact.Escape(u.Name), decimal(u.MTime), u.Hash, decimal(u.Size))
}

// Pragma sends a hint.
func (w *Writer) Pragma(name string, args ...string) {
	w.line(append([]string{"pragma", name}, args...)...)
}

// Message sends a text for the user at the other end.
func (w *Writer) Message(text string) { w.line("message", artifact.Escape(text)) }

// Error sends a text that ends the exchange.
func (w *Writer) Error(text string) { w.line("error", artifact.Escape(text)) }

// Comment writes a line that the other end ignores.
func (w *Writer) Comment(text string) { w.line("#", text) }

// private marks the file that follows.
func (w *Writer) private(on bool) {
	if on {
		w.line("private")
	}
}

// names returns the artifact's name and, for a delta, that of its source.
func names(uuid, source string) []string {
	if source == "" {
		return []string{uuid}
	}
	return []string{uuid, source}
}

// payload writes a line that ends in the length of content, and content.
func (w *Writer) payload(content []byte, words ...string) {
	w.line(append(words, strconv.Itoa(len(content)))...)
	w.b = append(w.b, content...)
}

// line writes words separated by single spaces.
func (w *Writer) line(words ...string) {
	for i, word := range words {
		if i > 0 {
			w.b = append(w.b, ' ')
		}
		w.b = append(w.b, word...)
	}
	w.b = append(w.b, '\n')
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
