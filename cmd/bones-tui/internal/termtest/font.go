package termtest

import (
	"fmt"
	"image"
	"image/color"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansmonobold"
	"github.com/go-fonts/dejavu/dejavusansmonoboldoblique"
	"github.com/go-fonts/dejavu/dejavusansmonooblique"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// faces are plain, bold, italic and bold italic of one monospaced font, and a proportional one for what it lacks.
type faces [5]font.Face

func openFaces(size float64) (*faces, error) {
	var all faces
	for i, ttf := range [len(all)][]byte{
		dejavusansmono.TTF, dejavusansmonobold.TTF, dejavusansmonooblique.TTF, dejavusansmonoboldoblique.TTF, dejavusans.TTF,
	} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("termtest: parse font: %w", err)
		}
		all[i], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("termtest: open font: %w", err)
		}
	}
	return &all, nil
}

// glyph returns the shape of r in style s as font.Face.Glyph does: from the proportional font where the monospaced one
// has none, and an empty box where that has none either.
func (all *faces) glyph(s Style, dot fixed.Point26_6, r rune) (at image.Rectangle, mask *image.Alpha, advance fixed.Int26_6) {
	i := 0
	if s.Bold {
		i |= 1
	}
	if s.Italic {
		i |= 2
	}
	for _, face := range []font.Face{all[i], all[len(all)-1]} {
		bounds, shape, _, width, ok := face.Glyph(dot, r)
		at, advance = bounds, width
		mask, _ = shape.(*image.Alpha)
		if ok {
			break
		}
	}
	return at, mask, advance
}

// text draws s on one line that starts at dot. Edges have sixteen shades: fewer colours make smaller files.
func (c *canvas) text(s string, style Style, dot fixed.Point26_6, ink color.RGBA) {
	for _, r := range s {
		at, mask, advance := c.faces.glyph(style, dot, r)
		if mask != nil {
			c.stencil(at, mask, ink)
		}
		dot.X += advance
	}
}

func (c *canvas) stencil(at image.Rectangle, mask *image.Alpha, ink color.RGBA) {
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			share := int(mask.AlphaAt(x-at.Min.X, y-at.Min.Y).A)
			c.img.SetRGBA(x, y, mix(c.img.RGBAAt(x, y), ink, uint8((share+8)/17*17)))
		}
	}
}
