# What people and continuous integration type. Every target runs from a clean checkout.

SHELL   := /bin/bash
# How long one fuzz target runs, and the long forms of the tests.
FUZZTIME ?= 2s
SOAK     ?= 30m

.DEFAULT_GOAL := help
.PHONY: help run build build-openssl install test check format suite fuzz soak bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, then run a whole registry on 127.0.0.1, ready to use
	bin/dorado demo

build: ## build bin/dorado, one static binary; needs Go and its modules, nothing else
	CGO_ENABLED=0 go build -trimpath -o bin/dorado ./cmd/dorado

build-openssl: ## build bin/dorado so that RSA signatures are made by OpenSSL; needs a C compiler and libssl-dev
	CGO_ENABLED=1 go build -trimpath -tags openssl -o bin/dorado ./cmd/dorado

install: ## install the Debian packages that the tests need
	@scripts/install

test: ## everything that CI runs: install, check, build, all tests on both databases, fuzz targets
	@FUZZTIME=$(FUZZTIME) scripts/test

check: ## gofumpt, go vet and staticcheck
	@scripts/check

format: ## format all Go files with gofumpt
	go tool -modfile=tools/go.mod gofumpt -w .

suite: ## all tests with the race detector, on SQLite, then on PostgreSQL
	@scripts/suite

fuzz: ## each fuzz target for FUZZTIME, each on one core
	@FUZZTIME=$(FUZZTIME) scripts/fuzz

soak: ## the long forms: tests named TestSoak… for SOAK on both databases, fuzz targets for SOAK each
	@scripts/with-postgres $(SHELL) -c 'for database in sqlite postgres; do \
		SOAK=$(SOAK) TEST_DATABASE=$$database scripts/race -count=1 -timeout 0 -run "^TestSoak" -v ./... || exit 1; done'
	@FUZZTIME=$(SOAK) scripts/fuzz

bench: ## all benchmarks, without the race detector, on a durable PostgreSQL
	@POSTGRES_OPTIONS='-c fsync=on -c synchronous_commit=on -c full_page_writes=on' scripts/with-postgres go test -run '^$$' -bench . -benchmem -timeout 0 ./...

clean: ## remove what was built
	rm -rf bin
