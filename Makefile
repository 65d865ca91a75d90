# The targets of this project. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs preview least-privilege build wheel test lint types tests lint-workflows policy-docs api-docs schema bench lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make the virtual environment from the hashed locks

$(READY): requirements.txt locks/uv.txt locks/data.txt
	@echo "Setting up $(VENV) from the locks"
	@$(PYTHON) -c 'import sys; sys.exit("Watershed needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Give one: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r locks/data.txt
	@printf '#!/bin/sh\nbin=$$(dirname "$$(readlink -f "$$0")")\nPYTHONPATH="$$bin/../.." exec "$$bin/python" -m cli "$$@"\n' > $(BIN)/watershed
	@chmod +x $(BIN)/watershed
	@touch $@

# The engine is built from its Go modules, if it has to be, while pip works; `watershed local up` waits for it.
up: ## deploy the local stack to an emulated AWS on this machine, load real data, show the result
	@$(PYTHON) local/engine/build.py --unless-on-path >/dev/null 2>&1 & \
	$(MAKE) --no-print-directory --silent setup
	@$(BIN)/python -m cli local up

down: $(READY) ## stop the emulated AWS and remove its data and state
	@$(BIN)/python -m cli local down

status: $(READY) ## show what runs and what is in it
	@$(BIN)/python -m cli local status

logs: $(READY) ## print what the functions logged (FUNCTION=part of a name)
	@$(BIN)/python -m cli local logs $(FUNCTION)

preview: $(READY) ## show what a stack would deploy, with the policies, offline (STACK=dev, stage, prod, local)
	@$(BIN)/python -m cli local preview --stack $(or $(STACK),local)

least-privilege: $(READY) ## show what each role uses of what it is granted, on a local stage of its own
	@$(BIN)/python -m cli least-privilege --stack $(or $(STACK),local)

build: $(READY) ## build handler archives and layers (TARGET=aws, host or all)
	@$(BIN)/python -m cli.main build --target $(or $(TARGET),all)

wheel: $(READY) ## build the wheel and the source archive into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist .

test: lint types tests ## everything a pull request must pass; needs no AWS account

lint: $(READY) lint-workflows ## ruff, its formatter, actionlint and zizmor
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: $(READY) ## mypy --strict
	@$(BIN)/mypy components handlers policies/watershed_policies cli local bench tests

# Tests of one file share what it started, so a file stays on one worker.
tests: $(READY) ## unit, policy, handler, packaging, local and end-to-end tests (ARGS=...)
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

policy-docs: $(READY) ## write docs/policies and the examples of the rules anew
	@PYTHONPATH=.:policies $(BIN)/python -m tests.policy.reference

api-docs: $(READY) ## write the Dataset API's description and its table of who may what anew
	@$(BIN)/python -m tests.handlers.api.reference

schema: $(READY) ## export the JSON Schema of the stack config for editors
	@$(BIN)/python -m components.config.schema > schemas/stack-config.schema.json

bench: build ## build the archives, run the benchmarks and print their figures
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lint-workflows: $(READY) ## lint the GitHub workflows with actionlint and zizmor
	@command -v go >/dev/null || { echo "actionlint is built with Go 1.25 or newer, which is not here: https://go.dev/doc/install"; exit 1; }
	@go -C .github/tools tool actionlint -shellcheck= -pyflakes= $(CURDIR)/.github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --persona=pedantic .github

lock: $(READY) ## resolve the locks anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate --extra local --extra dev pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate locks/uv.in -o locks/uv.txt
	$(BIN)/uv pip compile --quiet --upgrade --no-deps --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate locks/data.in -o locks/data.txt
	$(BIN)/python -m cli.packaging.locks

clean: ## remove the virtual environment and everything made
	rm -rf $(VENV) .watershed build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
