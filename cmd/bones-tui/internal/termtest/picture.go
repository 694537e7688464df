package termtest

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/math/fixed"
)

// Picture says how to draw a frame. The zero value draws a plain dark window at normal size.
type Picture struct {
	// Theme has the colours; nil is DarkTheme.
	Theme *Theme
	// Title, if not empty, adds a title bar with three dots and this text; " " adds one without text.
	Title string
	// Scale multiplies the size of everything; 0 is 1, where a cell is 9×19 pixels.
	Scale int
}

// Sizes in pixels at scale 1.
const (
	fontSize  = 15
	cellW     = 9
	cellH     = 19
	padding   = 14
	barHeight = 32
	corner    = 9
	baseline  = 15
)

// ErrScale says that Picture.Scale is outside 0 to 4.
var ErrScale = errors.New("termtest: scale is not between 1 and 4")

// WritePNG draws f to w as a PNG. Box lines, blocks and braille are drawn as shapes that fill their cells, so lines have no gaps.
func (p Picture) WritePNG(w io.Writer, f Frame) error {
	img, err := p.Draw(f)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(w, indexed(img)); err != nil {
		return fmt.Errorf("termtest: write picture: %w", err)
	}
	return nil
}

// WriteFile draws f to a new file, or over an old one.
func (p Picture) WriteFile(path string, f Frame) error {
	var b bytes.Buffer
	if err := p.WritePNG(&b, f); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("termtest: write picture: %w", err)
	}
	return nil
}

// indexed returns img with a palette if 256 colours are enough, since that halves the file.
func indexed(img *image.RGBA) image.Image {
	index := make(map[color.RGBA]uint8)
	out := image.NewPaletted(img.Rect, nil)
	for i := range out.Pix {
		px := color.RGBA{R: img.Pix[4*i], G: img.Pix[4*i+1], B: img.Pix[4*i+2], A: img.Pix[4*i+3]}
		n, ok := index[px]
		if !ok {
			if len(index) == 256 {
				return img
			}
			n = uint8(len(index))
			index[px] = n
			out.Palette = append(out.Palette, px)
		}
		out.Pix[i] = n
	}
	return out
}

// Draw returns the picture of f.
func (p Picture) Draw(f Frame) (*image.RGBA, error) {
	if p.Scale < 0 || p.Scale > 4 {
		return nil, ErrScale
	}
	scale := max(p.Scale, 1)
	theme := DarkTheme()
	if p.Theme != nil {
		theme = *p.Theme
	}
	faces, err := openFaces(float64(fontSize * scale))
	if err != nil {
		return nil, err
	}
	top := padding
	if p.Title != "" {
		top += barHeight
	}
	size := image.Rect(0, 0, (f.Width*cellW+2*padding)*scale, (f.Height*cellH+top+padding)*scale)
	c := &canvas{img: image.NewRGBA(size), faces: faces, theme: theme, scale: scale}
	c.window(p.Title)
	c.origin = image.Pt(padding*scale, top*scale)
	c.frame(f)
	return c.img, nil
}

// CellBounds returns the rectangle that the cell in column x of row y takes in the picture.
func (p Picture) CellBounds(x, y int) image.Rectangle {
	scale, top := max(p.Scale, 1), padding
	if p.Title != "" {
		top += barHeight
	}
	return scaled(image.Rect(0, 0, cellW, cellH).Add(image.Pt(padding+x*cellW, top+y*cellH)), scale)
}

// canvas is a picture being drawn.
type canvas struct {
	img    *image.RGBA
	faces  *faces
	theme  Theme
	scale  int
	origin image.Point
}

func (c *canvas) fill(r image.Rectangle, ink color.RGBA) {
	draw.Draw(c.img, r, image.NewUniform(ink), image.Point{}, draw.Src)
}

// frame draws all grounds first, so that no glyph that hangs over is cut by its neighbour.
func (c *canvas) frame(f Frame) {
	for y := range f.Height {
		for x := range f.Width {
			_, ground := c.theme.colours(f.shown(x, y).Style)
			if ground != c.theme.Bg {
				c.fill(c.box(x, y, 1), ground)
			}
		}
	}
	for y := range f.Height {
		for x := range f.Width {
			c.cell(f.shown(x, y), x, y)
		}
	}
	c.cursor(f.Cursor)
}

// shown returns the cell with the block cursor applied.
func (f Frame) shown(x, y int) Cell {
	cell := f.At(x, y)
	if c := f.Cursor; c.Visible && c.Shape == CursorBlock && c.X == x && c.Y == y {
		cell.Reverse = !cell.Reverse
	}
	return cell
}

func (c *canvas) box(x, y, width int) image.Rectangle {
	w, h := cellW*c.scale, cellH*c.scale
	return image.Rect(0, 0, w*width, h).Add(image.Pt(x*w, y*h)).Add(c.origin)
}

func (c *canvas) cell(cell Cell, x, y int) {
	ink, ground := c.theme.colours(cell.Style)
	r := c.box(x, y, max(cell.Width, 1))
	line := cell.UnderlineColor
	if cell.Underline {
		c.fill(c.stroke(r, baseline+2), c.theme.resolve(line, ink))
	}
	if cell.Struck {
		c.fill(c.stroke(r, baseline-5), ink)
	}
	if cell.Width == 0 || cell.Text == "" || cell.Text == " " || cell.Conceal {
		return
	}
	if runes := []rune(cell.Text); len(runes) == 1 && c.shape(runes[0], r, ink, ground) {
		return
	}
	c.text(cell.Text, cell.Style, fixed.P(r.Min.X, r.Min.Y+baseline*c.scale), ink)
}

func (c *canvas) cursor(at Cursor) {
	if !at.Visible {
		return
	}
	r := c.box(at.X, at.Y, 1)
	switch at.Shape {
	case CursorUnderline:
		c.fill(c.stroke(r, cellH-2), c.theme.Cursor)
	case CursorBar:
		r.Max.X = r.Min.X + c.scale
		c.fill(r, c.theme.Cursor)
	case CursorBlock: // drawn with its cell
	}
}

// stroke returns the line across r whose upper edge is y pixels at scale 1 below the top.
func (c *canvas) stroke(r image.Rectangle, y int) image.Rectangle {
	return image.Rect(r.Min.X, r.Min.Y+y*c.scale, r.Max.X, r.Min.Y+(y+1)*c.scale)
}

func scaled(r image.Rectangle, by int) image.Rectangle {
	return image.Rectangle{Min: r.Min.Mul(by), Max: r.Max.Mul(by)}
}
