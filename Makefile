SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:

# The oldest supported interpreter where it is at hand, so that nothing newer slips in. The system's
# own goes first: it is built with all optimizations, which those built by hand often lack.
PYTHON ?= $(shell for candidate in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3; do \
	$$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)
PYTEST_ARGS ?=
# What tries a share of its cases in every run, and all of them when there is time.
LONG_TESTS := tests/chaos tests/domain tests/browser \
	tests/adapters/test_calendars.py tests/adapters/test_envelope.py tests/adapters/test_filestore.py \
	tests/adapters/test_inspector.py tests/adapters/test_inspector_foreign.py \
	tests/adapters/test_links.py tests/adapters/test_mailer_message.py tests/demo/test_season.py \
	tests/services/test_composing_in_time.py tests/services/test_listing_filters.py \
	tests/services/test_selecting.py tests/services/test_stateful.py \
	tests/web/test_applicant_secrets.py tests/web/test_guards.py tests/web/test_hostile_words.py \
	tests/web/test_looking_changes_nothing.py \
	tests/web/test_matrix.py tests/web/test_other_peoples_links.py tests/web/test_statements.py
# One more than two cores: while one waits for a server or a browser, two others work. A fourth would
# wait for a core, and start a server and a browser of its own.
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# An interpreter that is named takes the place of the one that is there.
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) -VV),$(shell $(BIN)/python -VV 2>/dev/null))
.PHONY: $(READY)
RENEW := $(PYTHON) -m venv --clear $(VENV)
endif
endif
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

# Tests start interpreters by the hundred: each shall find our modules compiled, whatever the shell
# says, and not rewrite every assertion anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## Make .venv and install what the locks name (PYTHON=… picks the interpreter)

$(READY): pyproject.toml requirements/uv.txt requirements/run.txt requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with its venv module, was not found." >&2; exit 1; }
	@rm -f $@
	@$(RENEW)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: setup ## Run the service with a filled-in example until Ctrl-C
	@exec $(BIN)/letters demo

.PHONY: test
test: setup ## Run all tests (PYTEST_ARGS=tests/domain picks some)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

.PHONY: chaos
chaos: setup ## Kill, race and starve the service, at length (half an hour where nothing else runs)
	TEST_CHAOS=1 $(BIN)/pytest $(LONG_TESTS) $(PYTEST_ARGS)

.PHONY: coverage
coverage: setup ## Run all tests and measure the lines and branches they reach
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

.PHONY: bench
bench: setup ## Measure what has a limit, and hold it against that
	$(BIN)/python -m benchmarks.inspection
	$(BIN)/python -m benchmarks.lists
	$(BIN)/python -m benchmarks.digests
	$(BIN)/python -m benchmarks.exports
	$(BIN)/python -m benchmarks.bulk
	$(BIN)/python -m benchmarks.reminders
	$(BIN)/python -m benchmarks.mails

.PHONY: check
check: setup ## Check format, lint, types, the floors and the migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	export LETTERS_DATABASE_URL="sqlite:///$$scratch/check.db"; \
	echo "alembic check, on a database just migrated"; \
	$(BIN)/alembic upgrade head && $(BIN)/alembic check

.PHONY: format
format: setup ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: setup ## Renew requirements/*.txt from requirements/*.in
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/run.in --constraint requirements/dev.txt --output-file requirements/run.txt

.PHONY: messages
messages: setup ## Collect the sentences for the translators
	@mkdir -p letters/translations
	$(BIN)/pybabel extract -F babel.cfg --add-comments=Translators: --strip-comments \
		--sort-by-file --project=letters -o letters/translations/messages.pot .

.PHONY: clean
clean: ## Remove all that can be made again, .venv too; instance/ stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage .coverage.* htmlcov screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
