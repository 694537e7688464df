// Package scroll keeps the cursor and the window of rows that are more than fit.
package scroll
