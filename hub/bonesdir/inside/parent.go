package inside

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Parent opens the directory of path, which lies below dir, and returns it with the last name
// of path, of which nothing is looked at. With create it makes directories that are missing.
// What is then done with that name through the directory goes through no link, whoever replaces
// a component meanwhile. Errors are those of Stat.
func Parent(dir, path string, create bool) (parent *os.Root, name string, err error) {
	names, err := below(dir, path)
	if err != nil {
		return nil, "", err
	}
	if len(names) == 0 {
		return nil, "", fmt.Errorf("inside: %s has no name inside %s", path, dir)
	}
	info, err := look(dir, Directory)
	if err != nil {
		return nil, "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "", err
	}
	if err = isStill(root, info, dir); err != nil {
		return nil, "", errors.Join(err, root.Close())
	}
	at := dir
	for _, name := range names[:len(names)-1] {
		at = filepath.Join(at, name)
		next, err := enter(root, name, at, create)
		if err = errors.Join(err, root.Close()); err != nil {
			if next != nil {
				err = errors.Join(err, next.Close())
			}
			return nil, "", err
		}
		root = next
	}
	return root, names[len(names)-1], nil
}

// enter opens a directory in another one, whose path is at.
func enter(root *os.Root, name, at string, create bool) (*os.Root, error) {
	info, err := root.Lstat(name)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err = root.Mkdir(name, 0o700); err == nil || errors.Is(err, fs.ErrExist) {
			info, err = root.Lstat(name)
		}
	}
	if err != nil {
		return nil, err
	}
	if problem := Judge(info, Directory); problem != "" {
		return nil, &Refusal{at, problem}
	}
	next, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if err := isStill(next, info, at); err != nil {
		return nil, errors.Join(err, next.Close())
	}
	return next, nil
}

// isStill refuses a directory that is another one than was looked at.
func isStill(root *os.Root, info fs.FileInfo, path string) error {
	now, err := root.Stat(".")
	if err == nil && !os.SameFile(now, info) {
		err = &Refusal{path, "has been replaced"}
	}
	return err
}
