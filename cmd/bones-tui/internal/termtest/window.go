package termtest

import (
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/image/math/fixed"
)

// window draws the ground of the picture: a window with round corners, and a title bar if there is a title.
func (c *canvas) window(title string) {
	all := c.img.Bounds()
	s := float64(c.scale)
	outer := roundBox(all, corner*s)
	c.plot(all, c.theme.Edge, outer)
	c.plot(all, c.theme.Bg, func(x, y float64) float64 { return outer(x, y) + s })
	if title == "" {
		return
	}
	bar := all
	bar.Max.Y = barHeight * c.scale
	c.plot(bar, c.theme.Bar, func(x, y float64) float64 { return outer(x, y) + s })
	c.fill(image.Rect(0, bar.Max.Y-c.scale, bar.Max.X, bar.Max.Y), c.theme.Edge)
	for i, dot := range []color.RGBA{rgb(0xff5f57), rgb(0xfebc2e), rgb(0x28c840)} {
		c.plot(bar, dot, disc((20+20*float64(i))*s, barHeight/2*s, 6*s))
	}
	c.title(strings.TrimSpace(title), bar)
}

// title draws text in the middle of the bar, or right of the dots if it is long.
func (c *canvas) title(text string, bar image.Rectangle) {
	x := max((bar.Dx()-ansi.StringWidth(text)*cellW*c.scale)/2, 80*c.scale)
	c.text(text, Style{}, fixed.P(x, 21*c.scale), c.theme.BarText)
}

// roundBox returns the distance from the edge of a rectangle with round corners, negative inside.
func roundBox(r image.Rectangle, radius float64) func(x, y float64) float64 {
	halfW, halfH := float64(r.Dx())/2, float64(r.Dy())/2
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-halfW)-halfW+radius, math.Abs(y-halfH)-halfH+radius
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
	}
}
