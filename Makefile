# The two commands: `make run` (the main job) and `make test` (all checks and tests).
# Needs Python >= 3.11 and make. Everything is installed into .venv; nothing outside is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INDEX ?= .snapcite/index
CORPORA := data/landmarks data/lost_buildings
PHOTO := data/landmarks/queries/eiffel_tower.webp
QUESTION := When was this tower completed?

.PHONY: run demo serve index test check unit eval clean

run: demo serve

demo: index
	@echo
	@echo '$$ snapcite ask $(PHOTO) "$(QUESTION)"'
	@$(BIN)/snapcite ask --index $(INDEX) $(PHOTO) "$(QUESTION)"
	@echo

index: $(VENV)/.core
	@$(BIN)/snapcite index --index $(INDEX) $(CORPORA)

serve: $(VENV)/.core
	@$(BIN)/snapcite serve --index $(INDEX)

test: check unit

check: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.all
	$(BIN)/pytest

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "SnapCite needs Python 3.11 or newer; name one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(BIN)/python
	@echo "installing SnapCite's light core into $(VENV) (once) ..."
	$(PIP) --editable .
	@touch $@

$(VENV)/.all: pyproject.toml | $(BIN)/python
	@echo "installing everything, PyTorch included, into $(VENV) (once, some minutes) ..."
	$(PIP) --editable '.[models,dev]'
	@touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) .snapcite build ./*.egg-info
