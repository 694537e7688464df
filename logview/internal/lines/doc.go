// Package lines cuts a log into lines and rows: it tells entries from other lines by their
// first bytes, gives each its class, and says which raw lines belong to the row before. It
// looks at one line and the shape of the line before it, so that any part of a file can be
// cut without reading what comes before.
package lines
