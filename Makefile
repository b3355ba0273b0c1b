# Everything that people and CI do with Jobdeck. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The newest-looking name is not always the newest Python: take the first that is new enough.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; \
	done || true)
SETUP = PYTHONPATH=backend $(or $(PYTHON),python3) -m standalone.install
PY := $(CURDIR)/.venv/bin/python
MANAGE = cd backend && $(PY) -m standalone manage
# For commands that load the settings but must not touch anybody's data.
NOWHERE = JOBDECK_HOME=$(CURDIR)/.stamps/home
SCHEMA = $(NOWHERE) $(PY) manage.py spectacular --validate --fail-on-warn --format openapi-json --file
# Python outside the back end.
SCRIPTS := ../examples ../docs ../bench
CLIENT := frontend/src/types
COMPILE = uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements"

.PHONY: help
help: ## Print this list
	@echo "Jobdeck: make TARGET [PORT=8000] [JOBDECK_HOME=...]"
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' \
		| while IFS=$$'\t' read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

## Running

.PHONY: run
run: ## Set up what changed and run Jobdeck; Ctrl-C stops it and keeps the data
	@$(SETUP) python node frontend
	@cd backend && exec $(PY) -m standalone

.PHONY: stop
stop: ## Stop the Jobdeck of this home from another terminal
	@cd backend && $(PY) -m standalone stop

.PHONY: signin
signin: ## Print a fresh sign-in link
	@$(MANAGE) signin

.PHONY: token
token: ## Print the owner's API token
	@cd backend && cat "$$($(PY) -m standalone home)/token"

.PHONY: logs
logs: ## Follow the processes' logs
	@cd backend && tail -n 20 -F "$$($(PY) -m standalone home)"/logs/*.log

.PHONY: migrate
migrate: ## Bring the database to this version (make run does so by itself)
	@$(SETUP) python
	@$(MANAGE) prepare

.PHONY: seed
seed: ## Add made-up jobs to try it with: JOBS=1M (see docs/how-to/seed.md)
	@$(SETUP) python
	@$(MANAGE) seed --jobs $(or $(JOBS),100k)

.PHONY: shell
shell: ## Open a Python shell with Jobdeck's models
	@$(MANAGE) shell

## Checking

.PHONY: test
test: setup-tests ## Run all tests: back end, front end, browser
	@$(MAKE) test-backend
	@$(MAKE) test-frontend
	@$(MAKE) test-e2e

.PHONY: setup-tests
setup-tests:
	@$(SETUP) python python-dev node frontend e2e browser

.PHONY: test-backend
test-backend: ## Run the back end's tests against a PostgreSQL of their own
	@$(SETUP) python python-dev node frontend
	@echo "== Back end"
	@cd backend && $(PY) -m pytest -n 2 --dist loadfile

.PHONY: test-frontend
test-frontend: ## Run the front end's unit tests
	@$(SETUP) node
	@echo "== Front end"
	@cd frontend && npm run --silent test

.PHONY: test-e2e
test-e2e: ## Run the browser tests against a Jobdeck of their own
	@$(SETUP) python node frontend e2e browser
	@echo "== Browser"
	@cd tests/e2e && CHROMIUM="$${CHROMIUM:-$$(command -v chromium chromium-browser google-chrome | head -n 1)}" \
		npm run --silent test

.PHONY: bench
bench: ## Measure what the docs quote, at 100,000 to 10 million jobs (hours, some 40 GB), into bench/RESULTS.md
	@$(SETUP) python node frontend
	@$(PY) bench/run.py $(if $(JOBS),--jobs $(JOBS)) $(if $(ONLY),--only $(ONLY)) $(if $(RESUME),--resume)

.PHONY: lint
lint: ## Check style, import rules and that nothing generated is out of date
	@$(SETUP) python python-dev node
	@echo "== Style"
	@cd backend && $(PY) -m ruff check . $(SCRIPTS) && $(PY) -m ruff format --check . $(SCRIPTS)
	@echo "== Import rules"
	@cd backend && PYTHONPATH=. $(CURDIR)/.venv/bin/lint-imports
	@$(PY) docs/draw_imports.py --check
	@echo "== Front end"
	@cd frontend && npm run --silent lint
	@$(MAKE) openapi-check

.PHONY: types
types: ## Check all types
	@$(SETUP) python python-dev node e2e
	@echo "== Python"
	@cd backend && $(NOWHERE) $(PY) -m mypy .
	@echo "== TypeScript"
	@cd frontend && npm run --silent types
	@cd tests/e2e && npm run --silent types

.PHONY: format
format: ## Format all code
	@$(SETUP) python python-dev node
	@cd backend && $(PY) -m ruff check --fix-only --quiet . $(SCRIPTS) && $(PY) -m ruff format . $(SCRIPTS)
	@cd frontend && npm run --silent format

## Keeping up

.PHONY: imports
imports: ## Draw who imports whom into docs/development.md
	@$(SETUP) python python-dev
	@$(PY) docs/draw_imports.py

.PHONY: openapi
openapi: ## Write the OpenAPI document from the code, and the front end's types from it
	@$(SETUP) python python-dev node
	@cd backend && $(SCHEMA) $(CURDIR)/docs/reference/openapi.json
	@cd frontend && npm run --silent generate

.PHONY: openapi-check
openapi-check: ## Check that the committed OpenAPI document and types are those of the code
	@$(SETUP) python python-dev node
	@echo "== OpenAPI"
	@cd backend && $(SCHEMA) $(CURDIR)/.stamps/openapi.json
	@cmp .stamps/openapi.json docs/reference/openapi.json || { echo "Run make openapi and commit it."; exit 1; }
	@rm -rf .stamps/types && cp -r $(CLIENT) .stamps/types
	@cd frontend && npm run --silent generate >/dev/null
	@diff -r .stamps/types $(CLIENT) || { cp .stamps/types/* $(CLIENT)/; echo "Run make openapi and commit it."; exit 1; }

.PHONY: requirements
requirements: ## Compile the pinned requirements from the .in files
	@$(SETUP) python python-dev
	@cd backend && $(PY) -m $(COMPILE) requirements.in -o requirements.txt
	@cd backend && $(PY) -m $(COMPILE) requirements-dev.in -o requirements-dev.txt

.PHONY: clean
clean: ## Remove what make made here (never the data)
	rm -rf .venv .stamps frontend/node_modules frontend/dist frontend/coverage
	rm -rf tests/e2e/node_modules tests/e2e/test-results tests/e2e/playwright-report
	rm -rf backend/.mypy_cache backend/.ruff_cache backend/.pytest_cache backend/.hypothesis backend/.import_linter_cache
	find backend -name __pycache__ -type d -prune -exec rm -rf {} +
