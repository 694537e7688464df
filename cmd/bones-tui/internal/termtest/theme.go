package termtest

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Theme is the set of colours in which a picture shows a frame.
type Theme struct {
	Fg, Bg, Cursor color.RGBA
	// Bar, BarText and Edge colour the title bar and the outline of the window.
	Bar, BarText, Edge color.RGBA
	// Palette are the sixteen colours that programs name by number.
	Palette [16]color.RGBA
}

// DarkTheme returns light text on a dark ground.
func DarkTheme() Theme {
	return Theme{
		Fg: rgb(0xd7dae0), Bg: rgb(0x14171c), Cursor: rgb(0xd7dae0),
		Bar: rgb(0x21252d), BarText: rgb(0x8b93a1), Edge: rgb(0x343a45),
		Palette: [16]color.RGBA{
			rgb(0x2b303a), rgb(0xf0616d), rgb(0x7bc275), rgb(0xe0b050), rgb(0x61a5f2), rgb(0xc583e6), rgb(0x4fbcc6), rgb(0xc4c9d2),
			rgb(0x6d7686), rgb(0xff8088), rgb(0x98db92), rgb(0xf3ca73), rgb(0x88bfff), rgb(0xdba6f7), rgb(0x76d8e1), rgb(0xf6f8fa),
		},
	}
}

// LightTheme returns dark text on a light ground.
func LightTheme() Theme {
	return Theme{
		Fg: rgb(0x24292f), Bg: rgb(0xfcfcfd), Cursor: rgb(0x24292f),
		Bar: rgb(0xe9ebef), BarText: rgb(0x5c6673), Edge: rgb(0xc9ced6),
		Palette: [16]color.RGBA{
			rgb(0x24292f), rgb(0xc62f3d), rgb(0x1f7a3a), rgb(0x8f5f00), rgb(0x1a62c9), rgb(0x8a3fc2), rgb(0x0f7482), rgb(0x8b929c),
			rgb(0x59626e), rgb(0xa21c2b), rgb(0x14602b), rgb(0x6f4900), rgb(0x0f4ea8), rgb(0x6f2ba3), rgb(0x0a5a66), rgb(0xd5d9df),
		},
	}
}

// resolve returns c in this theme, or def where c is nil.
func (t Theme) resolve(c color.Color, def color.RGBA) color.RGBA {
	switch c := c.(type) {
	case nil:
		return def
	case ansi.BasicColor:
		return t.Palette[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return t.Palette[c]
		}
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}

// colours returns the ink and the ground of a cell with style s.
func (t Theme) colours(s Style) (ink, ground color.RGBA) {
	ink, ground = t.resolve(s.Fg, t.Fg), t.resolve(s.Bg, t.Bg)
	if s.Reverse {
		ink, ground = ground, ink
	}
	if s.Faint {
		ink = mix(ground, ink, 0x90)
	}
	return ink, ground
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// mix returns the colour between a (share 0) and b (share 255).
func mix(a, b color.RGBA, share uint8) color.RGBA {
	m := func(x, y uint8) uint8 {
		return uint8((int(x)*(255-int(share)) + int(y)*int(share) + 127) / 255)
	}
	return color.RGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: m(a.A, b.A)}
}
