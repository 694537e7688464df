package durable

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrSeal is returned by Unseal for what is not as Seal has made it.
var ErrSeal = errors.New("checksum does not fit")

// Seal returns a line, and after it one with its SHA-256 in hex: what is cut or changed by
// accident is told from what was written.
func Seal(line []byte) []byte { return fmt.Appendf(nil, "%s\n%s\n", line, checksum(line)) }

// Unseal returns the line that Seal was given, or ErrSeal.
func Unseal(text []byte) ([]byte, error) {
	line, sum, _ := bytes.Cut(text, []byte{'\n'})
	if checksum(line) != string(bytes.TrimSpace(sum)) {
		return nil, ErrSeal
	}
	return line, nil
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
