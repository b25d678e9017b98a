# Set-up is part of every target: `make demo` and `make test` are all that a newcomer types.
SHELL := /bin/bash
BIN := .venv/bin
TYPED := keys verifier issuer wallet_app deploy $(patsubst %/__init__.py,%,$(wildcard demo/__init__.py benchmarks/__init__.py))
WORKERS ?= 2
FAULT_ROUNDS ?= 200

.DEFAULT_GOAL := help
.PHONY: help setup test faults gallery lint demo bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-6s %s\n", $$1, $$2}' Makefile

setup: ## make .venv/ with everything in it; does nothing when nothing changed
	@deploy/setup.sh

demo: setup ## run the main job from issuing to checking, and leave its pictures in a folder
	@$(BIN)/python -m demo

# By file, whose tests share fixtures; not reordered, or the longest (one test: the demo) would begin last, alone.
# What is compiled is kept also where the environment says otherwise: each worker and process would compile it anew.
test: setup ## run the whole test suite (pytest's own options: make test ARGS="-k status")
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

faults: setup ## kill, cut, fill and confuse what issues, 200 rounds on each database: docs/faults.md (FAULT_ROUNDS=200)
	@OMBORD_FAULT_ROUNDS=$(FAULT_ROUNDS) $(BIN)/pytest tests/faults -q -n $(WORKERS) --dist load $(ARGS)

gallery: setup ## pictures of every screen of both apps, in every look, in gallery-output/
	@OMBORD_GALLERY=$(CURDIR)/gallery-output $(BIN)/pytest tests/gallery -q

lint: setup ## ruff, mypy strict, import contracts, shellcheck
	@echo "[lint] ruff" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "[lint] mypy --strict $(TYPED)" && $(BIN)/mypy $(TYPED)
	@echo "[lint] import contracts" && $(BIN)/lint-imports
	@echo "[lint] shellcheck" && $(BIN)/shellcheck deploy/*.sh .ci/run

bench: setup ## measure, print one table, write benchmarks/results.json
	@$(BIN)/python -m benchmarks

lock: setup ## resolve the Python and npm locks anew, from the public registries
	@deploy/lock.sh

clean: ## remove .venv/ and everything else that was built
	@rm -rf .venv build dist demo-output gallery-output tests/interop/node_modules verifier/ui/assets verifier/page/vendor
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
