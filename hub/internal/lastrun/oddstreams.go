package lastrun

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/nats.go/jetstream"
)

// maxSubjects bounds the subjects of a stream that are looked at: as many as the server
// tells of at once.
const maxSubjects = 100_000

// OddSubjects lists the subjects of a stream, sorted, that the server takes and cannot
// live with: it finds its own index corrupt at each start, and builds it anew from all
// messages; a carriage return also breaks the connection of every client that is sent
// the message. A stream with too many subjects is not looked at.
func OddSubjects(ctx context.Context, js jetstream.JetStream, stream string) (odd []string, _ error) {
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	if n := s.CachedInfo().State.NumSubjects; n == 0 || n > maxSubjects {
		return nil, nil
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(">"))
	if err != nil {
		return nil, err
	}
	for subject := range info.State.Subjects {
		if oddSubject(subject) {
			odd = append(odd, subject)
		}
	}
	slices.Sort(odd)
	return odd, nil
}

// oddSubject reports whether a subject has what no name needs: controls, bytes that are
// no characters (which come as U+FFFD), wildcards.
func oddSubject(subject string) bool {
	for token := range strings.SplitSeq(subject, ".") {
		if token == "" || token == "*" || token == ">" {
			return true
		}
	}
	return strings.ContainsFunc(subject, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) })
}

// OddConfig says what a stream does that those of bones and of hubs do not, "" if nothing:
// take messages from elsewhere, pass them on, or be closed for good.
func OddConfig(c jetstream.StreamConfig) string {
	var odd []string
	if c.Mirror != nil {
		odd = append(odd, fmt.Sprintf("mirrors %q", c.Mirror.Name))
	}
	for _, s := range c.Sources[:min(len(c.Sources), 3)] {
		odd = append(odd, fmt.Sprintf("takes in %q", s.Name))
	}
	if p := c.RePublish; p != nil {
		odd = append(odd, fmt.Sprintf("publishes again what comes in on %q as %q", p.Source, p.Destination))
	}
	if t := c.SubjectTransform; t != nil {
		odd = append(odd, fmt.Sprintf("renames %q to %q", t.Source, t.Destination))
	}
	if c.Sealed {
		odd = append(odd, "is sealed")
	}
	return strings.Join(odd, ", ")
}
