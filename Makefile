# Two commands are all a newcomer needs on a fresh Debian 12: `make demo` and `make test`. Both set up what is missing.
.DEFAULT_GOAL := help
.PHONY: help demo test test-spark build build-all python wheel bench format format-check layers lint asan tsan fuzz clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## set up, build, and run the weather walkthrough, printing every step and its result
	@scripts/demo

test: ## set up, build, and run every test
	@scripts/setup tests
	@scripts/build release all python_module
	@scripts/test

test-spark: build ## tables between real Spark with Delta Lake or Iceberg and lakelet (Java and 1.6 GB of packages; 45 minutes)
	@scripts/setup spark
	@scripts/test-spark

build: ## set up, and leave build/lakelet and build/liblakelet.so
	@scripts/setup
	@scripts/build release lakelet liblakelet

python: ## set up, and leave .venv with the module lakelet
	@scripts/setup
	@scripts/build release lakelet liblakelet python_module
	@scripts/python

wheel: ## a manylinux wheel in dist/ that carries every library that it needs
	@scripts/setup
	@scripts/wheel

bench: ## side by side with the peers: one JSON line per (workload, system)
	@scripts/setup tests
	@scripts/build release lakelet python_module
	@.venv-test/bin/python bench/run.py

format: ## rewrite the sources in the project's format
	@scripts/setup checks
	@scripts/format

format-check: ## fail when a source isn't in the project's format
	@scripts/setup checks
	@scripts/format --check

layers: ## fail when a room sees more than the map allows
	@python3 tests/layers/check_layers.py

lint: ## clang-tidy on what differs from main (ALL=1: on everything)
	@scripts/setup checks
	@scripts/lint $(if $(ALL),--all)

asan: ## the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/setup
	@scripts/sanitize asan

tsan: ## the unit tests under ThreadSanitizer
	@scripts/setup
	@scripts/sanitize tsan

fuzz: ## the fuzz targets, on as many inputs as CI runs (SECONDS=n: on new ones, so long each)
	@scripts/setup fuzz
	@scripts/fuzz $(SECONDS)

clean: ## remove what was built (the fetched packages stay)
	@rm -rf build build-* .datasets
