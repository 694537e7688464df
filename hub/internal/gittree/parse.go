package gittree

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errFormat is matched by the error about output that git does not print: it is too old,
// or something else answers to its name.
var errFormat = errors.New("git answers in an unknown format; is it older than 2.13?")

func malformed(what, text string) error {
	return fmt.Errorf("gittree: read %s: %w: %s", what, errFormat, Quote(text))
}

// The modes of git's entries.
const (
	modeFile      = "100644"
	modeGroup     = "100664" // written by ancient gits
	modeExec      = "100755"
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// isMode reports whether an index or a tree listed completely can hold this mode.
func isMode(mode string) bool {
	switch mode {
	case modeFile, modeGroup, modeExec, modeLink, modeSubmodule:
		return true
	}
	return false
}

// isHash reports a full object name, of SHA-1 or of SHA-256.
func isHash(text string) bool { return (len(text) == 40 || len(text) == 64) && isHex(text) }

func isHex(text string) bool {
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return text != ""
}

// head is where git is, and at which commit.
type head struct{ commit, top, dir, short string }

// parseHead reads the hash of a commit, the top of the work tree, the hash again, git's
// directory, and an abbreviation of the hash. A path may hold any byte but zero: the hash,
// which no line of one can be by chance, parts them.
func parseHead(out []byte) (h head, err error) {
	text, ended := strings.CutSuffix(string(out), "\n")
	commit, rest, _ := strings.Cut(text, "\n")
	if !ended || !isHash(commit) {
		return head{}, malformed("commit", commit)
	}
	paths := rest[:strings.LastIndexByte(rest, '\n')+1]
	top, dir, _ := strings.Cut(paths, "\n"+commit+"\n")
	if strings.Contains("\n"+dir, "\n"+commit+"\n") {
		return head{}, malformed("path", dir)
	}
	if h.top, err = parsePath(top + "\n"); err != nil {
		return head{}, err
	}
	if h.dir, err = parsePath(dir); err != nil {
		return head{}, err
	}
	h.commit = commit
	h.short, err = parseShort(rest[len(paths):], commit)
	return h, err
}

// shortest is how many digits of a hash name a commit. A configuration can ask for four,
// which other commits would match.
const shortest = 7

// parseShort reads the abbreviation of hash.
func parseShort(short, hash string) (string, error) {
	if !isHex(short) || !strings.HasPrefix(hash, short) {
		return "", malformed("short hash", short)
	}
	return hash[:max(len(short), shortest)], nil
}

// parsePath reads the one line that is a path.
func parsePath(out string) (string, error) {
	path, ended := strings.CutSuffix(out, "\n")
	if !ended || path == "" || strings.HasPrefix(path, "-") || strings.ContainsRune(path, 0) {
		return "", malformed("path", path)
	}
	return path, nil
}

// indexEntry is one entry of git's index.
type indexEntry struct {
	name   string
	mode   string
	hash   string
	stage  int  // 0, or 1 to 3 of a path that is not merged
	absent bool // by a sparse check-out, or because the user said so: git does not look at the file
}

// parseIndex reads `ls-files -z -t --stage`: records of "tag mode hash stage\tname".
func parseIndex(out []byte) ([]indexEntry, error) {
	entries := make([]indexEntry, 0, bytes.Count(out, []byte{0}))
	err := eachRecord(out, func(record string) error {
		facts, name, named := strings.Cut(record, "\t")
		f := strings.Split(facts, " ")
		if !named || name == "" || len(f) != 4 || len(f[0]) != 1 || !isMode(f[1]) || !isHash(f[2]) || len(f[3]) != 1 || f[3] < "0" || f[3] > "3" {
			return malformed("index", record)
		}
		entries = append(entries, indexEntry{name: name, mode: f[1], hash: f[2], stage: int(f[3][0] - '0'), absent: f[0] == "S"})
		return nil
	})
	return entries, err
}

// treeEntry is one file of a commit.
type treeEntry struct{ name, mode, hash string }

// parseTree reads `ls-tree -r -z`: records of "mode type hash\tname".
func parseTree(out []byte) ([]treeEntry, error) {
	var entries []treeEntry
	err := eachRecord(out, func(record string) error {
		facts, name, named := strings.Cut(record, "\t")
		f := strings.Split(facts, " ")
		if !named || name == "" || len(f) != 3 || !isMode(f[0]) || f[1] != "blob" && f[1] != "commit" || !isHash(f[2]) {
			return malformed("commit's files", record)
		}
		entries = append(entries, treeEntry{name: name, mode: f[0], hash: f[2]})
		return nil
	})
	return entries, err
}

// eachRecord passes on what is ended by zero bytes.
func eachRecord(out []byte, do func(record string) error) error {
	all := string(out) // names share its memory
	for all != "" {
		record, rest, ended := strings.Cut(all, "\x00")
		if !ended {
			return malformed("list", record)
		}
		if err := do(record); err != nil {
			return err
		}
		all = rest
	}
	return nil
}

// parseHeader reads the line before an object of `cat-file --batch`, "hash type size".
// The kind of one that is missing is "".
func parseHeader(line, hash string) (kind string, size int64, err error) {
	line = strings.TrimSuffix(line, "\n")
	facts, ok := strings.CutPrefix(line, hash+" ")
	if !ok {
		return "", 0, malformed("object", line)
	}
	if facts == "missing" {
		return "", 0, nil
	}
	kind, digits, _ := strings.Cut(facts, " ")
	size, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 || strings.ContainsAny(digits, "+-") || kind == "" {
		return "", 0, malformed("object", line)
	}
	return kind, size, nil
}
