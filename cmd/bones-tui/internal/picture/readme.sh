#!/bin/sh
# Draws the README's pictures from the real program, in docs/. The clock, ports, pids
# and hashes in them differ each time; the rest is decided by the demo's seed.
set -eu
cd "$(dirname "$0")/../../../.."
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p docs
CGO_ENABLED=0 go build -o "$home/bin/bones-tui" ./cmd/bones-tui

# draw SIZE FILE: the program has a home of its own, so that nothing of the user's shows
draw() {
	CGO_ENABLED=0 go run ./cmd/bones-tui/internal/picture -o "$2" -size "$1" -timeout 90s -keys cmd/bones-tui/internal/picture/readme.keys -- \
		env -u NO_COLOR HOME="$home" XDG_STATE_HOME="$home/state" XDG_CONFIG_HOME="$home/config" TMPDIR=/tmp TZ=UTC \
		TERM=xterm-256color COLORTERM=truecolor LC_ALL=C.UTF-8 "$home/bin/bones-tui" demo --seed 1
}
draw 120x40 docs/dashboard.png
draw 80x24 docs/dashboard-80x24.png
