# make check is what CI runs. Each target is one command a person would type.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN := $(CURDIR)/bin

.PHONY: build test check lint bench pictures clean

build: ## the program, in bin/
	CGO_ENABLED=0 go build -trimpath -o $(BIN)/bones-tui ./cmd/bones-tui

test: ## everything; RACE=-race as in CI
	go test $(RACE) -timeout 10m ./...

lint: $(BIN)/golangci-lint
	gofmt -l cmd hub logview slots tui | (! grep .)
	$(BIN)/golangci-lint run ./...

$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) go install $(GOLANGCI)

check: ## what CI runs
	.ci/run

bench: ## the numbers the README claims
	go test -run '^$$' -bench . -benchmem ./...

pictures: build ## the README's picture, from the real program
	cmd/picture/readme.sh

clean:
	rm -rf $(BIN)
