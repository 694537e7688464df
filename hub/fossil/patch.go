package fossil

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zlib"

	"bones-tui/hub/fossil/internal/store"
)

// maxPatched is from which size on a file is not compared line by line, in bytes.
const maxPatched = 1 << 20

// Content returns the content of an artifact by its full hash.
func (r *Repo) Content(ctx context.Context, uuid string) (content []byte, err error) {
	err = r.read(ctx, "read artifact", func(v store.View) error {
		text, err := smallContent(v, uuid, 0)
		content = append([]byte{}, text...)
		return err
	})
	return content, err
}

// WritePatch writes what makes the tree of one check-in that of another, named as in
// Resolve, as a patch that git applies, and returns how many files it changes. Modes, links
// and binary files are in it.
func (r *Repo) WritePatch(ctx context.Context, w io.Writer, from, to string) (n int, err error) {
	var trees [2][]FileInfo
	for i, rev := range []string{from, to} {
		if trees[i], err = r.Files(ctx, rev); err != nil {
			return 0, err
		}
	}
	for _, c := range pairs(trees[0], trees[1]) {
		text, err := r.patch(ctx, c[0], c[1])
		if err != nil {
			return n, fmt.Errorf("fossil: write patch: %w", err)
		}
		if _, err := w.Write(text); err != nil {
			return n, fmt.Errorf("fossil: write patch: %w", err)
		}
		n++
	}
	return n, nil
}

// pairs lists the files that differ between two trees, before and after; nil where one tree
// lacks it. A file that becomes a link, or the reverse, is two changes.
func pairs(a, b []FileInfo) (list [][2]*FileInfo) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			list = append(list, [2]*FileInfo{&a[0], nil})
			a = a[1:]
			continue
		case len(a) == 0 || b[0].Name < a[0].Name:
			list = append(list, [2]*FileInfo{nil, &b[0]})
			b = b[1:]
			continue
		case (a[0].Perm == Symlink) != (b[0].Perm == Symlink):
			list = append(list, [2]*FileInfo{&a[0], nil}, [2]*FileInfo{nil, &b[0]})
		case a[0].UUID != b[0].UUID || a[0].Perm != b[0].Perm:
			list = append(list, [2]*FileInfo{&a[0], &b[0]})
		}
		a, b = a[1:], b[1:]
	}
	return list
}

// gitMode is what git calls a mode.
func gitMode(p Perm) string { return [...]string{"100644", "100755", "120000"}[p%3] }

// patch describes one change.
func (r *Repo) patch(ctx context.Context, was, now *FileInfo) (_ []byte, err error) {
	var content [2][]byte
	for i, f := range []*FileInfo{was, now} {
		if f == nil {
			continue
		}
		if content[i], err = r.Content(ctx, f.UUID); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	name := was
	if name == nil {
		name = now
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "diff --git %s %s\n", gitName("a/"+name.Name), gitName("b/"+name.Name))
	switch {
	case was == nil:
		fmt.Fprintf(&out, "new file mode %s\n", gitMode(now.Perm))
	case now == nil:
		fmt.Fprintf(&out, "deleted file mode %s\n", gitMode(was.Perm))
	case was.Perm != now.Perm:
		fmt.Fprintf(&out, "old mode %s\nnew mode %s\n", gitMode(was.Perm), gitMode(now.Perm))
	}
	if was != nil && now != nil && bytes.Equal(content[0], content[1]) {
		return out.Bytes(), nil
	}
	fmt.Fprintf(&out, "index %s..%s", gitBlob(was, content[0]), gitBlob(now, content[1]))
	if was != nil && now != nil && was.Perm == now.Perm {
		fmt.Fprintf(&out, " %s", gitMode(now.Perm))
	}
	out.WriteByte('\n')
	if slices.ContainsFunc(content[:], func(c []byte) bool { return isBinary(c) || len(c) > maxPatched }) {
		out.WriteString("GIT binary patch\n")
		err := errors.Join(literal(&out, content[1]), literal(&out, content[0]))
		return out.Bytes(), err
	}
	return lines(ctx, &out, name.Name, was, now, content)
}

// lines adds the changes line by line.
func lines(ctx context.Context, out *bytes.Buffer, name string, was, now *FileInfo, content [2][]byte) ([]byte, error) {
	text, _, err := unified(ctx, splitLines(content[0]), splitLines(content[1]), name, 0)
	if err != nil {
		return nil, err
	}
	head, hunks := "", text
	for range 2 { // the names are written as git does it
		_, hunks, _ = strings.Cut(hunks, "\n")
	}
	if hunks == "" { // an empty file comes or goes
		return out.Bytes(), nil
	}
	for _, side := range []struct {
		sign, name string
		file       *FileInfo
	}{{"--- ", "a/", was}, {"+++ ", "b/", now}} {
		path := "/dev/null"
		if side.file != nil {
			path = gitName(side.name + name)
			if strings.Contains(path, " ") && path[0] != '"' {
				path += "\t"
			}
		}
		head += side.sign + path + "\n"
	}
	out.WriteString(head + hunks)
	return out.Bytes(), nil
}

// gitName quotes a path where git could not read it otherwise.
func gitName(path string) string {
	if !strings.ContainsFunc(path, func(c rune) bool { return c < ' ' || c == 0x7f || c == '"' || c == '\\' }) {
		return path
	}
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(path) {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			out.WriteString(`\` + string(rune(c)))
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&out, `\%03o`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + `"`
}

// gitBlob is the name that git gives to content; zeros stand for no file.
func gitBlob(f *FileInfo, content []byte) string {
	if f == nil {
		return strings.Repeat("0", 2*sha1.Size)
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

const (
	base85     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
	binaryLine = 52 // bytes of a line
)

// literal adds content as a part of a binary patch.
func literal(out *bytes.Buffer, content []byte) error {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Fprintf(out, "literal %d\n", len(content))
	for line := range slices.Chunk(packed.Bytes(), binaryLine) {
		if n := len(line); n <= 26 {
			out.WriteByte(byte('A' + n - 1))
		} else {
			out.WriteByte(byte('a' + n - 27))
		}
		for group := range slices.Chunk(line, 4) {
			var four [4]byte
			copy(four[:], group)
			word := binary.BigEndian.Uint32(four[:])
			var five [5]byte
			for i := 4; i >= 0; i-- {
				five[i] = base85[word%85]
				word /= 85
			}
			out.Write(five[:])
		}
		out.WriteByte('\n')
	}
	out.WriteByte('\n')
	return nil
}
