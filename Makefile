# Everything a developer or a first-time user types. `make help` lists it.
SHELL := /bin/sh
BIN := .venv/bin
# Half as many again as there are cores, since many tests wait for processes; at most 4.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN || echo 2); n=$$((n + n / 2)); echo $$((n < 4 ? n : 4)))
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
STAMP := .venv/.installed

.PHONY: help setup train test test-fast lint bench docs figures wheel clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP)  ## make .venv and install everything, once ($PYTHON chooses the interpreter)

$(STAMP): pyproject.toml constraints.txt
	@set -e; \
	for python in $${PYTHON:-python3.11 python3.12 python3.13 python3}; do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Recurra needs Python 3.11, 3.12 or 3.13; tried: $${PYTHON:-python3.11 python3.12 python3.13 python3}. Install one, or say where it is: make setup PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	if ! $(BIN)/python -c '' 2>/dev/null; then \
	  echo "setting up .venv with $$found"; \
	  "$$found" -m venv --clear .venv || { echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi; \
	echo "installing packages (some minutes, once)"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo,dev]'; \
	touch $(STAMP)

train: setup  ## train a bidirectional LSTM on English news; overrides in ARGS="model=gru"
	@$(BIN)/recurra-train $(ARGS)

test: setup  ## all tests (under 15 minutes on 2 cores)
	@$(PYTEST) $(ARGS)

test-fast: setup  ## the quick tests (under 3 minutes)
	@$(PYTEST) -m 'not slow' $(ARGS)

lint: setup  ## style, types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: bench-startup bench-data bench-predict bench-throughput bench-settings bench-gradient_flow bench-loggers bench-gpu  ## how fast: tables, and JSON under outputs/bench

bench-%: setup
	@$(BIN)/python bench/$*.py $(ARGS)

docs: setup  ## a tour of recurrent networks, in English and Chinese, into outputs/docs
	@$(BIN)/python docs/build.py outputs/docs

figures: setup  ## the pictures and tables of the tour anew (some minutes, on one core)
	@for script in $$(grep -l __main__ docs/figures/*.py); do OMP_NUM_THREADS=1 $(BIN)/python $$script || exit 1; done

wheel: setup  ## build dist/*.whl
	@$(BIN)/python -m build --quiet --wheel

clean:  ## remove what building and testing left (not .venv, not outputs)
	@rm -rf build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
