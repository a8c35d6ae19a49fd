# The two commands: `make run` (the main job) and `make test` (all checks and tests).
# Needs Python >= 3.11 and make. Everything is installed into .venv; nothing outside is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CORPORA := data/landmarks data/lost_buildings
PHOTO := data/landmarks/queries/eiffel_tower.webp
QUESTION := When was this tower completed?
SHOTS := page held abstention corpus phone-film chinese

# PROFILE=gpu finds with a real CLIP and reads with Qwen3-VL on this machine's GPU, the best that
# fits unless SNAPCITE_READER_MODEL names one. It says what it would fetch and asks once; YES=1
# agrees beforehand. PROFILE=cpu (the default) needs no model.
PROFILE ?= cpu
ifeq ($(origin PROFILE)$(filter cpu gpu,$(PROFILE)),command line)
$(error PROFILE is cpu or gpu, not '$(PROFILE)')
endif
ifeq ($(PROFILE),gpu)
export SNAPCITE_ENCODER ?= ViT-B-16-SigLIP2/webli
export SNAPCITE_READER ?= qwen3-vl
INDEX ?= .snapcite/index-gpu
READY := $(VENV)/.all
LOOK := look
FETCHED := fetch
else
INDEX ?= .snapcite/index
READY := $(VENV)/.core
LOOK :=
FETCHED :=
endif

.PHONY: run demo serve index look fetch test check unit bench screenshots lock clean serve-vlm-tiny

ifeq ($(PROFILE),gpu)
run: index # the first question is asked by the server: the reader is loaded once
	@$(BIN)/snapcite serve --index $(INDEX) --first $(PHOTO) "$(QUESTION)"
else
run: demo serve
endif

demo: index
	@echo
	@echo '$$ snapcite ask $(PHOTO) "$(QUESTION)"'
	@$(BIN)/snapcite ask --index $(INDEX) $(PHOTO) "$(QUESTION)"
	@echo

# Before gigabytes of PyTorch are installed: what comes, and what does not come without a GPU.
look:
	@echo "PROFILE=gpu installs PyTorch with CUDA (some GB, once), then says which models it would fetch and asks."
	@[ "$$(uname)" = Darwin ] || command -v nvidia-smi >/dev/null || command -v rocm-smi >/dev/null \
		|| echo "No GPU's driver is here (neither nvidia-smi nor rocm-smi): without one the run will end before it" \
			"fetches, unless SNAPCITE_READER_MODEL names a Qwen3-VL or SNAPCITE_READER another reader." \
			"'make run' needs no GPU."

# The models that the settings name: nothing is fetched again, and nothing without consent.
fetch: $(LOOK) $(READY)
	@$(BIN)/snapcite models pull $(if $(YES),--yes)

index: $(LOOK) $(READY) $(FETCHED)
	@$(BIN)/snapcite index --index $(INDEX) $(CORPORA)

serve: $(READY)
	@$(BIN)/snapcite serve --index $(INDEX)

# A model server with the tiny Qwen3-VL, on this machine alone; docs/readers.md says how to ask it.
VLM := data/models/tiny-qwen3-vl
VLM_PORT ?= 8001
serve-vlm-tiny: $(VENV)/.all
	HF_HUB_OFFLINE=1 $(BIN)/transformers serve $(CURDIR)/$(VLM) --host 127.0.0.1 --port $(VLM_PORT) --device cpu

test: check unit

check: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A file's tests stay together, since they share what is slow to build. Files are taken in order:
# those that take long come first (tests/conftest.py), many short ones last.
unit: $(VENV)/.all
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Against the usual stack, some minutes; BENCH=full also builds 500,000 points (an hour on 2 cores).
BENCH ?= quick
bench: index $(VENV)/.all
	$(BIN)/python -m benchmarks.pipeline --index $(INDEX) $(if $(filter full,$(BENCH)),--full)

# Pictures of the page for docs/images; needs Chromium. SHOTS= takes all there are.
screenshots: index $(VENV)/.all
	$(BIN)/python scripts/screenshots.py --index $(INDEX) --out docs/images $(SHOTS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "SnapCite needs Python 3.11 or newer; name one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/build.txt requirements/core.txt pyproject.toml | $(BIN)/python
	@echo "installing SnapCite's light core into $(VENV) (once) ..."
	$(PIP) --require-hashes --requirement requirements/build.txt --requirement requirements/core.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.all: requirements/build.txt requirements/all.txt pyproject.toml | $(BIN)/python
	@echo "installing everything, PyTorch included, into $(VENV) (once, some minutes) ..."
	$(PIP) --require-hashes --requirement requirements/build.txt --requirement requirements/all.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.core

# After a change of the dependencies in pyproject.toml. Hashes, not addresses.
# Hashed too: what builds the package.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header
lock: $(BIN)/python
	$(PIP) uv
	echo 'setuptools>=77' | $(BIN)/$(LOCK) - --output-file requirements/build.txt
	$(BIN)/$(LOCK) pyproject.toml --output-file requirements/core.txt
	$(BIN)/$(LOCK) pyproject.toml --extra mcp --extra pictures --extra remote --extra service \
		--output-file requirements/server.txt
	$(BIN)/$(LOCK) pyproject.toml --extra models --extra mcp --extra pictures --extra remote --extra service \
		--output-file requirements/gpu.txt
	$(BIN)/$(LOCK) pyproject.toml --extra models --extra ocr --extra remote --extra service --extra cluster \
		--extra mcp --extra pictures --extra video --extra watch --extra dev --output-file requirements/all.txt

clean:
	rm -rf $(VENV) .snapcite build ./*.egg-info
