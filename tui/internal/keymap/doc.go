// Package keymap is the key table: which key asks for what, where and when. Dispatch, the
// footer, help, the list of commands and the settings read nothing else, so that none of
// them can tell of a key that does not work. It knows neither panes nor hubs: a
// [Situation] is all that decides.
//
// Start with table.go, which is the table; situation.go is what its conditions ask about,
// keys.go what is done with it.
package keymap
