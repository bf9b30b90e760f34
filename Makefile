# Two commands: `make reproduce` rebuilds everything, `make test` checks everything.
# Needs Python 3.11 or newer with venv, git and make; everything else comes from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
READY := $(VENV)/.ready

.PHONY: help reproduce test lint install lock benchmarks notebooks readme-figures clean

help:
	@echo "make reproduce       tables, figures, results.json and paper.pdf into $(OUT)/"
	@echo "make test            lint, types and tests"
	@echo "make notebooks       run the notebooks again and keep their output"
	@echo "make readme-figures  draw the two figures of the README again"
	@echo "make benchmarks      measure run time, memory and import time"
	@echo "make lock            resolve requirements.lock anew"

install: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 reproduce" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

reproduce: $(READY)
	$(BIN)/konzept-diffusion reproduce --out $(OUT)

lint: $(READY)
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest

notebooks: $(READY)
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace notebooks/*.ipynb

readme-figures: $(READY)
	$(BIN)/konzept-diffusion figures abbildung_02 verbreitung --lang en --out docs/img
	rm -f docs/img/*.svg docs/img/*.csv

benchmarks: $(READY)
	$(BIN)/python benchmarks/measure.py

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --output-file requirements.lock

clean:
	rm -rf $(OUT) dist build
