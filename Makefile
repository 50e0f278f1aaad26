# Bootstraps .venv with nox and this package, and hands over to nox: `nox --list` shows the sessions.

PYTHON ?= python3
VENV := .venv
RUNNER := "maturin>=1.9.4,<2" "nox>=2026.10.20" uv
SOURCES := $(shell find src python -type f -name '*.rs' -o -type f -name '*.py' -o -type f -name '*.pyi')

.PHONY: demo test

demo: $(VENV)/ready  ## what is built and what is reused, step by step, on examples/inventory
	$(VENV)/bin/nox -s demo

test: $(VENV)/ready  ## all that CI checks
	$(VENV)/bin/nox

# A debug build: the set-up is for trying and testing. Measuring builds its own (`nox -s bench`).
$(VENV)/ready: Cargo.toml Cargo.lock pyproject.toml $(SOURCES)
	$(PYTHON) -m venv $(VENV)
	MATURIN_PEP517_ARGS="--profile dev --locked" $(VENV)/bin/python -m pip install --quiet $(RUNNER) .
	touch $@
