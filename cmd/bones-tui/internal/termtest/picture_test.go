package termtest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

func decode(t *testing.T, path string) image.Image {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// draw returns the picture of text, and where its cells are.
func draw(t *testing.T, p termtest.Picture, text string) *image.RGBA {
	t.Helper()
	f, err := termtest.ParseANSI([]byte(text), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	img, err := p.Draw(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// middle returns the colour in the middle of a cell.
func middle(img *image.RGBA, p termtest.Picture, x, y int) color.RGBA {
	r := p.CellBounds(x, y)
	return img.RGBAAt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
}

func TestColoursOfCells(t *testing.T) {
	dark := termtest.DarkTheme()
	for _, test := range []struct {
		name, text string
		want       color.RGBA
	}{
		{"plain block", "█", dark.Fg},
		{"plain ground", " ", dark.Bg},
		{"named colour", "\x1b[31m█", dark.Palette[1]},
		{"bright colour", "\x1b[92m█", dark.Palette[10]},
		{"one of 256 that has a name", "\x1b[38;5;3m█", dark.Palette[3]},
		{"one of 256", "\x1b[38;5;196m█", color.RGBA{R: 255, A: 255}},
		{"true colour", "\x1b[38;2;1;2;3m█", color.RGBA{R: 1, G: 2, B: 3, A: 255}},
		{"colour taken back", "\x1b[31m\x1b[39m█", dark.Fg},
		{"ground", "\x1b[44m ", dark.Palette[4]},
		{"ground taken back", "\x1b[44m\x1b[49m ", dark.Bg},
		{"reverse", "\x1b[7m ", dark.Fg},
		{"reverse with colours", "\x1b[31;44;7m█", dark.Palette[4]},
		{"half shade", "▒", color.RGBA{R: 0x76, G: 0x79, B: 0x7e, A: 255}},
		{"hidden", "\x1b[8m█", dark.Bg},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p termtest.Picture
			if got := middle(draw(t, p, test.text), p, 0, 0); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestFaintIsBetweenInkAndGround(t *testing.T) {
	var p termtest.Picture
	dark := termtest.DarkTheme()
	got := middle(draw(t, p, "\x1b[2m█"), p, 0, 0)
	if got.R <= dark.Bg.R+40 || got.R >= dark.Fg.R-40 {
		t.Errorf("faint is %v between %v and %v", got, dark.Bg, dark.Fg)
	}
}

func TestLinesHaveNoGaps(t *testing.T) {
	dark := termtest.DarkTheme()
	for _, p := range []termtest.Picture{{}, {Scale: 2, Title: "x"}} {
		img := draw(t, p, "┌──┐\n│  │\n│  │\n└──┘")
		first, last := p.CellBounds(0, 0), p.CellBounds(3, 3)
		x, y := (first.Min.X+first.Max.X)/2, (first.Min.Y+first.Max.Y)/2
		for ; x < (last.Min.X+last.Max.X)/2; x++ {
			if img.RGBAAt(x, y) != dark.Fg {
				t.Fatalf("scale %d: gap in the upper line at %d, %d", p.Scale, x, y)
			}
		}
		for ; y < (last.Min.Y+last.Max.Y)/2; y++ {
			if img.RGBAAt(x, y) != dark.Fg {
				t.Fatalf("scale %d: gap in the right line at %d, %d", p.Scale, x, y)
			}
		}
	}
}

func TestBlocksFillTheirPart(t *testing.T) {
	dark := termtest.DarkTheme()
	var p termtest.Picture
	cell := p.CellBounds(0, 0)
	for text, want := range map[string]float64{
		"▁": 1. / 8, "▄": 4. / 8, "▇": 7. / 8, "█": 1, "▌": 4. / 8, "▐": 4. / 8, "▀": 4. / 8, "▏": 1. / 8, "▟": 6. / 8, "▘": 2. / 8,
	} {
		img, n := draw(t, p, text), 0
		for y := cell.Min.Y; y < cell.Max.Y; y++ {
			for x := cell.Min.X; x < cell.Max.X; x++ {
				if img.RGBAAt(x, y) == dark.Fg {
					n++
				}
			}
		}
		if got := float64(n) / float64(cell.Dx()*cell.Dy()); got < want-0.08 || got > want+0.08 {
			t.Errorf("%s fills %.2f of its cell, want %.2f", text, got, want)
		}
	}
}

// TestGlyphsOfTheDashboardExist: a font without a glyph draws the same empty box for all of them.
func TestGlyphsOfTheDashboardExist(t *testing.T) {
	const glyphs = "●○◐■▲▸▌┆⋮…↓↑✓✗╭╮╰╯╳═║╬░▒▓▖▞⠋⣿aé€"
	var p termtest.Picture
	pixels := func(s string) string { return string(inCell(draw(t, p, s), p.CellBounds(0, 0))) }
	seen := map[string]string{pixels(" "): "a space", pixels("\u0378"): "a missing glyph"}
	for _, r := range glyphs {
		px := pixels(string(r))
		if other, ok := seen[px]; ok {
			t.Errorf("%c looks like %s", r, other)
		}
		seen[px] = string(r)
	}
}

func inCell(img *image.RGBA, r image.Rectangle) []byte {
	var b []byte
	for y := r.Min.Y; y < r.Max.Y; y++ {
		b = append(b, img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]...)
	}
	return b
}

func TestStylesChangeTheGlyph(t *testing.T) {
	var p termtest.Picture
	seen := map[string]string{}
	for _, style := range []string{"0", "1", "2", "3", "4", "7", "9", "1;3", "31"} {
		px := string(inCell(draw(t, p, "\x1b["+style+"mg"), p.CellBounds(0, 0)))
		if other, ok := seen[px]; ok {
			t.Errorf("style %s looks like style %s", style, other)
		}
		seen[px] = style
	}
}

func TestWindowIsRoundAndHasABar(t *testing.T) {
	p := termtest.Picture{Title: "hub", Scale: 2}
	light := termtest.LightTheme()
	p.Theme = &light
	img := draw(t, p, strings.Repeat("x", 40)+"\nx")
	if got, want := img.Bounds().Size(), image.Pt((40*9+28)*2, (2*19+28+32)*2); got != want {
		t.Errorf("size %v, want %v", got, want)
	}
	if c := img.RGBAAt(0, 0); c.A != 0 {
		t.Errorf("the corner is %v, want transparent", c)
	}
	for x, want := range map[int]color.RGBA{20: {0xff, 0x5f, 0x57, 0xff}, 40: {0xfe, 0xbc, 0x2e, 0xff}, 60: {0x28, 0xc8, 0x40, 0xff}} {
		if c := img.RGBAAt(2*x, 2*16); c != want {
			t.Errorf("dot at %d is %v, want %v", x, c, want)
		}
	}
	if c := img.RGBAAt(200, 100); c != light.Bg {
		t.Errorf("ground is %v, want %v", c, light.Bg)
	}
}

func TestFullScreenIsASmallFile(t *testing.T) {
	var text strings.Builder
	for y := range 40 {
		for x := range 30 {
			style := [...]string{"0", "1", "2", "32", "33", "1;31", "36"}[(x+y)%7]
			text.WriteString("\x1b[" + style + "m" + "abcdefghijklmnopqrstuvwxyz"[(x*7+y*3)%23:][:3] + " ")
		}
		text.WriteString("\n")
	}
	f, err := termtest.ParseANSI([]byte(text.String()), 120, 40)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (termtest.Picture{Title: " "}).WritePNG(&b, f); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", b.Len())
	if b.Len() > 300_000 {
		t.Errorf("%d bytes, want at most 300000", b.Len())
	}
}

func BenchmarkPicture(b *testing.B) {
	f, err := termtest.ParseANSI([]byte(strings.Repeat(strings.Repeat("text ", 24)+"\n", 40)), 0, 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := (termtest.Picture{}).Draw(f); err != nil {
			b.Fatal(err)
		}
	}
}
