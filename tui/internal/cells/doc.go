// Package cells draws what a screen is made of: rows of cells in styles, rules, boxes,
// tables, sparklines, and numbers, ages and sizes in few characters. It knows nothing of
// hubs, panes or keys, and text from outside enters only as a safe.Text.
//
// A [Theme] holds every style and glyph. A [Line] is one row that never grows past its
// width; everything else is drawn with it.
package cells
