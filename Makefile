# make check is what CI runs. Each target is one command a person would type.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN := $(CURDIR)/bin

.PHONY: build test check lint bench bench-fossil bench-log bench-follow bench-nats bench-tui bench-idle bench-slots torture walk house pictures module clean

build: ## the program, in bin/
	CGO_ENABLED=0 go build -trimpath -o $(BIN)/bones-tui ./cmd/bones-tui

# A program under the race detector sleeps for a second before it exits; tests run hundreds.
# SQLite, translated from C, starts no goroutine, and watching each of its loads and stores
# takes longer than everything else together.
test: export GORACE = atexit_sleep_ms=0
test: ## everything; RACE=-race as in CI
	go test $(RACE) $(if $(RACE),-gcflags=github.com/ncruces/go-sqlite3-wasm/...=-race=false) -timeout 20m ./...

lint: $(BIN)/golangci-lint
	gofmt -l cmd hub logview slots tui | (! grep .)
	$(BIN)/golangci-lint run ./...

$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) go install $(GOLANGCI)

check: ## what CI runs
	.ci/run

bench: ## the numbers the README claims
	go test -run '^$$' -bench . -benchmem ./...

bench-fossil: ## ratios against fossil itself
	go run ./hub/fossil/internal/bench

bench-log: build ## ratios against wc, ripgrep, jq and lnav
	go run ./logview/internal/benchlog -bin $(BIN)/bones-tui

bench-follow: ## typing, following and rest on a log that grows; FOLLOW="-for 10m -rotations 100"
	go run ./logview/internal/benchlog -follow $(FOLLOW)

bench-nats: ## ratios against a stand-alone nats-server
	go test -run TestEmbeddedNATSIsAsFast -count=1 -v ./hub -nats-pairs 5

bench-tui: ## the screen: first frame, rest, log lines, keys under load, 1,000 slots
	go test -run '^$$' -bench 'FirstFrame|Idle|LogLines' -benchtime 30x ./cmd/bones-tui
	go test -run '^$$' -bench KeyToFrame -benchtime 300x ./cmd/bones-tui
	go test -run '^$$' -bench Snapshot1000 ./slots

bench-idle: ## what a hub costs that nobody wants anything of, for a minute
	go test -run '^$$' -bench IdleHub -benchtime 60x ./cmd/bones-tui

bench-slots: ## a thousand slots renewing, beside a stand-alone nats-server
	go test -run '^$$' -bench ManySlots -benchtime 1200x ./hub

torture: ## the long crash tests, which print their counts
	go test -count=1 -timeout 6h -v ./hub -torture 1000

walk: ## the screen under a million random keys, sizes, data and failures
	go test -count=1 -timeout 0 -v -run TestWalk ./tui -steps 1000000

house: ## packages, their sizes, and the references between files that run upward; HOUSE="-v -in tui"
	@go run ./cmd/bones-tui/internal/house $(HOUSE)

pictures: ## the README's pictures, from the demo
	cmd/bones-tui/internal/picture/readme.sh

# The path is given as PATH, which is also where programs are looked for: for them it stays what the
# environment says. A variable that asks the shell for itself gets that (before GNU Make 4.4 all do).
module :=
ifeq ($(origin PATH),command line)
module := $(PATH)
override PATH = $(shell echo "$$PATH")
endif

module: ## another path of the module, in go.mod and wherever it is named; PATH=example.org/x/y
	@go run ./cmd/bones-tui/internal/rename '$(module)'

clean:
	rm -rf $(BIN)
