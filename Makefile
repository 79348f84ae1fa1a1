# Everything a person or a machine does with this project, one word each. Needs Python 3.11 and make.

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
SERVICE := .venv/installed-service
EVERYTHING := .venv/installed-everything
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# A universal lock: Linux and macOS, x86_64 and aarch64, Python 3.11 and later; no addresses in it.
LOCK := $(BIN)/uv pip compile --quiet --no-config --system-certs --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
SCRATCH = scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export ZEROWASTE_DATABASE_URL="sqlite:///$$scratch/scratch.sqlite"

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench guide lock migration first-migration clean
# A recipe that fails leaves no half-made target behind.
.DELETE_ON_ERROR:

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: $(EVERYTHING) ## install what the service, its tests and its checks need into .venv

run: $(SERVICE) ## serve the demo city on http://127.0.0.1:8000 (PORT and ZEROWASTE_DATABASE_URL are respected)
	@exec $(BIN)/flask serve --demo --work

test: $(EVERYTHING) ## run every test, on SQLite and on a PostgreSQL server of its own (JOBS=2, ARGS=...)
	$(BIN)/pytest -n $(JOBS) $(ARGS)

check: $(EVERYTHING) ## style, types, layers, migrations and the habits of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/house

fix: $(EVERYTHING) ## put imports and layout right, and whatever else ruff can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(EVERYTHING) ## measure; writes docs/benchmarks.md
	$(BIN)/python -m tests.bench $(ARGS)

guide: $(EVERYTHING) ## play the guide's story in a browser and take its pictures anew
	GUIDE_IMAGES=$(CURDIR)/docs/guide/images $(BIN)/pytest -n $(JOBS) tests/browser/test_guide.py

lock: $(EVERYTHING) ## write requirements*.txt anew from requirements*.in (ARGS=--upgrade for the newest)
	$(LOCK) $(ARGS) requirements.in -o requirements.txt
	$(LOCK) $(ARGS) requirements-dev.in -o requirements-dev.txt

migration: $(EVERYTHING) ## write the next migration from what the models say: make migration m="add seal"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="add seal"' >&2; exit 1; }
	@$(SCRATCH) && $(BIN)/alembic upgrade head && $(BIN)/alembic revision --autogenerate -m "$(m)"
	@$(BIN)/ruff check --fix-only --quiet migrations && $(BIN)/ruff format --quiet migrations

first-migration: $(EVERYTHING) ## write 0001 anew; only until the first release
	@test "$$(ls migrations/versions | grep -c '^[0-9]')" -le 1 || \
		{ echo 'There is more than one migration: add the next with make migration.' >&2; exit 1; }
	@rm -f migrations/versions/0001_*.py && mkdir -p migrations/versions
	@$(MAKE) --no-print-directory migration m=spine

clean: ## remove .venv and what tools left behind; instance/ with your data stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo '需要 Python 3.11 或更新版本：请先安装，或以 make PYTHON=… 指定。 Python 3.11 or newer is needed: install it, or name it with make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo '此 Python 缺少 venv 模块：请先安装（Debian、Ubuntu：apt-get install python3-venv）。 This Python lacks its venv module: install it first (Debian, Ubuntu: apt-get install python3-venv).' >&2; exit 1; }
	@rm -f $(SERVICE) $(EVERYTHING)
	@$(PYTHON) -m venv .venv

# Installed anew only when the list changes.
$(SERVICE): requirements.txt | $(BIN)/python
	@echo 'Installing what the service needs into .venv ...'
	@$(PIP) -r requirements.txt
	@touch $@

$(EVERYTHING): requirements-dev.txt | $(BIN)/python
	@echo 'Installing what the service, its tests and its checks need into .venv ...'
	@$(PIP) -r requirements-dev.txt
	@touch $@
