# Everything a newcomer needs is a target here; `make help` lists them.
# `make PYTHON=/path/to/python` takes another one; it must be 3.11 or newer.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help serve test unit check fix bench scenario coverage-of-guidance welsh lock clean assets

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

serve: $(VENV)/.ready assets ## set everything up and serve a demonstration on this machine
	$(BIN)/adolygu serve --demonstration

# In the order of their names, so that those with a browser begin first: they take longest.
test: $(VENV)/.ready assets ## run every test, on SQLite and PostgreSQL, and the browser walk
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

unit: $(VENV)/.ready ## run the tests of the engine, on SQLite alone: the quick part
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/engine -k "not postgresql"

check: $(VENV)/.ready assets ## lint, format, types, layers, diagrams, forms and tables
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict engine web
	$(BIN)/lint-imports
	$(BIN)/adolygu check

fix: $(VENV)/.ready ## put right what can be put right by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m tests.tidy --fix
	$(BIN)/python -m tests.welsh --write

bench: $(VENV)/.ready assets ## measure the figures that design promises, as ratios to floors
	$(BIN)/python -m tests.bench

scenario: $(VENV)/.ready ## play every scenario on a virtual clock
	$(BIN)/adolygu scenario tests/scenarios

coverage-of-guidance: $(VENV)/.ready ## print which requirement of the guidance is carried out where
	$(BIN)/python -m tests.coverage

welsh: $(VENV)/.ready ## count the Welsh texts that a translator has yet to see
	$(BIN)/python -m tests.welsh

lock: ## write the lock files anew (maintainers; needs uv)
	$(COMPILE) --extra dev --output-file requirements-dev.lock
	$(COMPILE) --extra build --output-file requirements.lock
	$(COMPILE) --extra build --extra pdf --output-file requirements-pdf.lock
	npm install --package-lock-only

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet

clean: ## remove what was made, but not the demonstration's records
	rm -rf $(VENV) node_modules web/static/build *.egg-info .mypy_cache .ruff_cache

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. Name one: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.ready: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "Node 20 or newer, with npm, is needed."; exit 1; }
	npm ci
	touch $@

ASSET_SOURCES := $(shell find web/assets -type f 2>/dev/null)

assets: web/static/build/.ready ## build what browsers load

web/static/build/.ready: node_modules/.ready $(ASSET_SOURCES)
	npm run --silent build
	touch $@
