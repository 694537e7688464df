package termtest

import (
	"errors"
	"fmt"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansmonobold"
	"github.com/go-fonts/dejavu/dejavusansmonoboldoblique"
	"github.com/go-fonts/dejavu/dejavusansmonooblique"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// faces are the four cuts of one font: plain, bold, italic, bold italic.
type faces [4]font.Face

func openFaces(size float64) (*faces, error) {
	var f faces
	for i, ttf := range [][]byte{
		dejavusansmono.TTF, dejavusansmonobold.TTF, dejavusansmonooblique.TTF, dejavusansmonoboldoblique.TTF,
	} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("termtest: parse font: %w", err)
		}
		f[i], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("termtest: open font: %w", err)
		}
	}
	return &f, nil
}

func (f *faces) close() error {
	var errs []error
	for _, face := range f {
		errs = append(errs, face.Close())
	}
	return errors.Join(errs...)
}

func (f *faces) of(s Style) font.Face {
	i := 0
	if s.Bold {
		i |= 1
	}
	if s.Italic {
		i |= 2
	}
	return f[i]
}
