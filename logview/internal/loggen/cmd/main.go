// Command loggen writes a log to measure with and prints what is in it.
//
//	go run ./logview/internal/loggen/cmd -mib 100 -o FILE [-seed N] [-rotate MIB]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"bones-tui/logview/internal/loggen"
)

func main() {
	mib := flag.Int64("mib", 10, "size in MiB")
	out := flag.String("o", "hub.log", "file to write")
	seed := flag.Uint64("seed", 1, "what decides all the bytes")
	rotate := flag.Int64("rotate", 0, "size of the backups in MiB; 0 is one file")
	flag.Parse()
	if err := run(*out, *seed, *mib<<20, *rotate<<20); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string, seed uint64, size, rotate int64) error {
	var m loggen.Manifest
	var err error
	if rotate > 0 {
		m, err = loggen.Rotated(path, seed, size, rotate)
	} else {
		m, err = loggen.File(path, seed, size)
	}
	if err != nil {
		return err
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(m)
}
