package xfer

import (
	"strconv"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
)

// source returns the optional delta source of file and cfile lines with n
// arguments in their short form.
func (r *Reader) source(short int) (string, error) {
	switch len(r.args) {
	case short:
		return "", nil
	case short + 1:
		return r.uuid(2)
	default:
		return "", r.bad("wrong number of arguments")
	}
}

func (r *Reader) file() (Card, error) {
	uuid, err := r.uuid(1)
	if err != nil {
		return nil, err
	}
	source, err := r.source(3)
	if err != nil {
		return nil, err
	}
	content, err := r.payload(len(r.args) - 1)
	return File{UUID: uuid, Source: source, Content: content, Private: r.takePrivate()}, err
}

func (r *Reader) cfile() (Card, error) {
	uuid, err := r.uuid(1)
	if err != nil {
		return nil, err
	}
	source, err := r.source(4)
	if err != nil {
		return nil, err
	}
	size, err := r.number(len(r.args) - 2)
	if err != nil {
		return nil, err
	}
	framed, err := r.payload(len(r.args) - 1)
	return CFile{UUID: uuid, Source: source, Size: size, Framed: framed, Private: r.takePrivate()}, err
}

func (r *Reader) config() (Card, error) {
	if len(r.args) != 3 {
		return nil, r.bad("want name and size")
	}
	name := r.args[1]
	content, err := r.payload(2)
	return Config{Name: name, Content: content}, err
}

func (r *Reader) uvfile() (Card, error) {
	if len(r.args) != 6 {
		return nil, r.bad("want name, mtime, hash, size and flags")
	}
	have, err := r.uvEntry()
	if err != nil {
		return nil, err
	}
	flags, err := r.number(5)
	if err != nil {
		return nil, err
	}
	f := UVFile{Name: have.Name, MTime: have.MTime, Hash: have.Hash, Size: have.Size, Flags: UVFlags(flags)}
	if f.Flags&(UVDeleted|UVOmitted) == 0 {
		f.Content, err = r.payload(4)
	}
	return f, err
}

func (r *Reader) uvigot() (Card, error) {
	if len(r.args) != 5 {
		return nil, r.bad("want name, mtime, hash and size")
	}
	return r.uvEntry()
}

// uvEntry reads the four arguments that uvfile and uvigot share.
func (r *Reader) uvEntry() (UVIGot, error) {
	mtime, err := strconv.ParseInt(r.args[2], 10, 64)
	if err != nil {
		return UVIGot{}, r.bad("bad mtime")
	}
	hash := r.args[3]
	if hash != "-" && !blob.ValidUUID(hash) {
		return UVIGot{}, r.bad("bad hash")
	}
	size, err := r.number(4)
	return UVIGot{Name: artifact.Unescape(r.args[1]), MTime: mtime, Hash: hash, Size: size}, err
}

// payload takes the bytes that follow the line; argument i is their number.
func (r *Reader) payload(i int) ([]byte, error) {
	n, err := r.number(i)
	if err != nil {
		return nil, err
	}
	if n > int64(len(r.rest)) {
		return nil, r.bad("payload of " + r.args[i] + " bytes is cut off")
	}
	content := r.rest[:n:n]
	r.rest = r.rest[n:]
	return content, nil
}

// takePrivate consumes the mark of a preceding private card.
func (r *Reader) takePrivate() bool {
	private := r.private
	r.private = false
	return private
}
