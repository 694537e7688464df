package termtest

import (
	"image"
	"image/color"
	"math"
)

// boxArms has, for each rune from U+2500 to U+257F (Unicode chart "Box Drawing"), the weights of the arms
// up, right, down and left: 0 none, 1 light, 2 heavy, 3 double. Dashes, arcs and diagonals have none.
const boxArms = "" +
	"0101 0202 1010 2020 0000 0000 0000 0000 0000 0000 0000 0000 0110 0210 0120 0220 " +
	"0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002 1110 1210 2110 1120 " +
	"2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022 0111 0112 0211 0212 " +
	"0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202 1111 1112 1211 1212 " +
	"2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222 0000 0000 0000 0000 " +
	"0303 3030 0310 0130 0330 0013 0031 0033 1300 3100 3300 1003 3001 3003 1310 3130 " +
	"3330 1013 3031 3033 0313 0131 0333 1303 3101 3303 1313 3131 3333 0000 0000 0000 " +
	"0000 0000 0000 0000 0001 1000 0100 0010 0002 2000 0200 0020 0201 1020 0102 2010"

// quadrants has, for each rune from U+2596 to U+259F, which quarters are full: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
const quadrants = "\x04\x08\x01\x0d\x09\x07\x0b\x02\x06\x0e"

// shape draws r as geometry if it is one of the runes that have to meet their neighbours, and says whether it was.
func (c *canvas) shape(r rune, box image.Rectangle, ink, ground color.RGBA) bool {
	switch {
	case r >= 0x2500 && r < 0x2580:
		c.boxLine(r, box, ink)
	case r >= 0x2580 && r < 0x25a0:
		c.block(r, box, ink, ground)
	case r >= 0x2800 && r < 0x2900:
		c.braille(r, box, ink)
	default:
		return false
	}
	return true
}

func (c *canvas) boxLine(r rune, box image.Rectangle, ink color.RGBA) {
	switch {
	case r >= 0x2504 && r < 0x250c:
		c.dashes(3+int(r-0x2504)/4, 1+int(r&1), r&2 != 0, box, ink)
	case r >= 0x254c && r < 0x2550:
		c.dashes(2, 1+int(r&1), r&2 != 0, box, ink)
	case r >= 0x256d && r < 0x2571:
		c.arc(r, box, ink)
	case r >= 0x2571 && r < 0x2574:
		c.diagonal(r, box, ink)
	default:
		c.arms(boxArms[int(r-0x2500)*5:], box, ink)
	}
}

// arms draws lines from the centre to the edges. All numbers are pixels at scale 1.
func (c *canvas) arms(weights string, box image.Rectangle, ink color.RGBA) {
	w := func(d int) int { return int(weights[d&3] - '0') }
	for d := range 4 {
		left, right := w(d+3), w(d+1) // as seen when going outwards
		switch w(d) {
		case 1, 2:
			start := -max(min(left, 2), min(right, 2)) / 2
			if left == 3 && right == 3 && w(d+2) == 0 {
				start = 1
			} else if left == 3 || right == 3 {
				start = -1
			}
			c.ray(box, d, 0, start, w(d), ink)
		case 3:
			for _, side := range []int{-1, 1} {
				near, far := left, right
				if side > 0 {
					near, far = right, left
				}
				start := 0
				if near == 3 {
					start = 1
				} else if near == 0 && far == 3 {
					start = -1
				}
				c.ray(box, d, side, start, 1, ink)
			}
		}
	}
}

// ray draws a line of the given thickness in direction d (0 up, 1 right, 2 down, 3 left), side pixels to the right
// of the centre as seen outwards, from start pixels off the centre to the edge of the box.
func (c *canvas) ray(box image.Rectangle, d, side, start, thick int, ink color.RGBA) {
	const midX, midY = cellW / 2, cellH / 2
	var r image.Rectangle
	switch d {
	case 0:
		r = image.Rect(midX+side, 0, midX+side+thick, midY-start+1)
	case 1:
		r = image.Rect(midX+start, midY+side, cellW, midY+side+thick)
	case 2:
		r = image.Rect(midX-side, midY+start, midX-side+thick, cellH)
	default:
		r = image.Rect(0, midY-side, midX-start+1, midY-side+thick)
	}
	c.fill(scaled(r, c.scale).Add(box.Min).Intersect(box), ink)
}

func (c *canvas) dashes(n, thick int, vertical bool, box image.Rectangle, ink color.RGBA) {
	for i := range n {
		r := image.Rect(i*cellW/n, cellH/2, (i+1)*cellW/n-1, cellH/2+thick)
		if vertical {
			r = image.Rect(cellW/2, i*cellH/n+1, cellW/2+thick, (i+1)*cellH/n-1)
		}
		c.fill(scaled(r, c.scale).Add(box.Min), ink)
	}
}

// arc draws a rounded corner: a quarter of a circle as wide as half a cell, and the rest of the upright.
func (c *canvas) arc(r rune, box image.Rectangle, ink color.RGBA) {
	s := float64(c.scale)
	midX, midY, radius := (cellW/2+0.5)*s, (cellH/2+0.5)*s, (cellW/2+0.5)*s
	toX, toY := 1.0, 1.0 // which way the arms point
	if r == 0x256e || r == 0x256f {
		toX = -1
	}
	if r == 0x256f || r == 0x2570 {
		toY = -1
	}
	c.plot(box, ink, func(x, y float64) float64 {
		dx, dy := (x-midX)*toX, (y-midY)*toY // the corner is at 0,0 and the arms point to plus
		if dy > radius {
			return math.Abs(dx) - s/2
		}
		return math.Abs(math.Hypot(dx-radius, dy-radius)-radius) - s/2
	})
}

func (c *canvas) diagonal(r rune, box image.Rectangle, ink color.RGBA) {
	w, h := float64(box.Dx()), float64(box.Dy())
	n := math.Hypot(w, h)
	if r != 0x2572 {
		c.plot(box, ink, func(x, y float64) float64 { return math.Abs(h*x+w*y-w*h)/n - float64(c.scale)/2 })
	}
	if r != 0x2571 {
		c.plot(box, ink, func(x, y float64) float64 { return math.Abs(h*x-w*y)/n - float64(c.scale)/2 })
	}
}

func (c *canvas) block(r rune, box image.Rectangle, ink, ground color.RGBA) {
	part := func(x0, y0, x1, y1 int) { // in eighths of the cell
		w, h := box.Dx(), box.Dy()
		c.fill(image.Rect((x0*w+4)/8, (y0*h+4)/8, (x1*w+4)/8, (y1*h+4)/8).Add(box.Min), ink)
	}
	switch n := int(r - 0x2580); {
	case n == 0:
		part(0, 0, 8, 4)
	case n <= 8:
		part(0, 8-n, 8, 8)
	case n <= 15:
		part(0, 0, 16-n, 8)
	case n == 16:
		part(4, 0, 8, 8)
	case n <= 19:
		c.fill(box, mix(ground, ink, uint8(64*(n-16))))
	case n == 20:
		part(0, 0, 8, 1)
	case n == 21:
		part(7, 0, 8, 8)
	default:
		for q := range 4 {
			if x, y := q%2*4, q/2*4; quadrants[n-22]&(1<<q) != 0 {
				part(x, y, x+4, y+4)
			}
		}
	}
}

func (c *canvas) braille(r rune, box image.Rectangle, ink color.RGBA) {
	for bit, at := range [8]image.Point{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}} {
		if r&(1<<bit) != 0 {
			x, y := float64(box.Dx())*(0.28+0.44*float64(at.X)), float64(box.Dy())*(0.155+0.23*float64(at.Y))
			c.plot(box, ink, disc(x, y, 1.2*float64(c.scale)))
		}
	}
}

// disc returns the distance from the edge of a circle, negative inside.
func disc(midX, midY, radius float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return math.Hypot(x-midX, y-midY) - radius }
}

// plot draws the shape whose signed distance in pixels from the point x, y of the box is dist, negative inside, with smooth edges.
func (c *canvas) plot(box image.Rectangle, ink color.RGBA, dist func(x, y float64) float64) {
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			cover := 0.5 - dist(float64(x-box.Min.X)+0.5, float64(y-box.Min.Y)+0.5)
			switch {
			case cover >= 1:
				c.img.SetRGBA(x, y, ink)
			case cover > 0:
				c.img.SetRGBA(x, y, mix(c.img.RGBAAt(x, y), ink, uint8(255*cover)))
			}
		}
	}
}
