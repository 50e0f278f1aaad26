# Sets up .venv with nox and this package, then runs nox. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
WHEELS := build/wheel
SOURCES := $(shell find src python -type f -name '*.rs' -o -type f -name '*.py' -o -type f -name '*.pyi')

.PHONY: help demo test clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' Makefile

demo: $(VENV)/ready  ## show on examples/inventory what is built, what is reused, and why (about 2 minutes)
	$(VENV)/bin/nox -s demo

test: $(VENV)/ready  ## run everything that CI checks (about 20 minutes)
	$(VENV)/bin/nox

clean:  ## remove the environments and everything that was built
	rm -rf $(VENV) .nox build target

# A debug build, for trying and testing. `nox -s bench` makes an optimised one.
$(VENV)/ready: Cargo.toml Cargo.lock pyproject.toml $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is %s: run make PYTHON=python3.11" % sys.version.split()[0])'
	@echo "[1/3] creating $(VENV)"
	$(PYTHON) -m venv $(VENV)
	@echo "[2/3] installing maturin, nox and uv into $(VENV)"
	$(VENV)/bin/python -m pip install "maturin>=1.9.4,<2" "nox>=2026.10.20" uv
	@echo "[3/3] building ci-accel (the first time takes about 2 minutes)"
	rm -rf $(WHEELS)
	$(VENV)/bin/maturin build --locked --profile dev --out $(WHEELS)
	$(VENV)/bin/python -m pip install --force-reinstall --no-deps $(WHEELS)/*.whl
	@touch $@
