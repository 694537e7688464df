// Package blob names, frames and verifies the content of Fossil artifacts.
//
// An artifact's name is the lower-case hex of SHA1 or SHA3-256 over its raw
// bytes. At rest and inside compressed messages the bytes travel framed: a
// 4-byte big-endian length followed by one zlib stream.
package blob

import (
	"crypto/sha1"
	"crypto/sha3"
	"encoding/hex"
	"hash"
	"io"
)

// Lengths of the two kinds of artifact name, in characters.
const (
	SHA1Len = 2 * sha1.Size
	SHA3Len = 64
)

// SHA1 returns the 40-character name of b.
func SHA1(b []byte) string {
	sum := sha1.Sum(b)
	return hex.EncodeToString(sum[:])
}

// SHA3 returns the 64-character name of b (SHA3-256).
func SHA3(b []byte) string {
	sum := sha3.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Verify reports whether uuid is the name of b. The length of uuid picks the
// hash; any other length is false.
func Verify(uuid string, b []byte) bool {
	switch len(uuid) {
	case SHA1Len:
		return SHA1(b) == uuid
	case SHA3Len:
		return SHA3(b) == uuid
	default:
		return false
	}
}

// VerifyReader is Verify of what r has to say, which it does not hold in memory.
func VerifyReader(uuid string, r io.Reader) (bool, error) {
	var h hash.Hash
	switch len(uuid) {
	case SHA1Len:
		h = sha1.New()
	case SHA3Len:
		h = sha3.New256()
	default:
		return false, nil
	}
	_, err := io.Copy(h, r)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == uuid, err
}

// ValidUUID reports whether s has the form of an artifact name.
func ValidUUID(s string) bool {
	return (len(s) == SHA1Len || len(s) == SHA3Len) && Hex(s)
}

// Hex reports whether s consists of lower-case hex digits only.
func Hex(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
