# make serve   the service on http://127.0.0.1:8000 with the bundle in this repository
# make test    every test, in PROCESSES processes (2); installs the training and development extras
# make lint    ruff and mypy
# make gate    whether the bundle in this repository keeps every floor (SHARED= adds collected texts)
# make evaluate  every figure of it, as JSON and as a page, in build/evaluation
# make bench  how fast the service is beside other ways to serve the same model, about an hour: tables
#              and a picture in build/bench (QUICK=1: a few minutes, rough)
# make sbom    what is served, as a CycloneDX bill of materials: build/sbom.json
# make audit   whether anything of that has a known vulnerability; exit 2 where that could not be looked up
# make train   base encoder, data, one fit, export (SHARED=folder of labelled .jsonl files,
#              CORPUS=mapping files of tables of your own, RECIPE=another; optional)

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NAME ?= lurewatch-$(shell date +%F)
ROUTE ?= hub
PROCESSES ?= 2
BASE := build/training/base
BENCH := build/bench
RECIPE ?=
SHARED ?=
CORPUS ?=
WRITTEN := training/corpus/written

SERVED := build/served

.PHONY: serve test lint format gate evaluate bench sbom audit train openapi clean

serve: $(VENV)/.serving
	$(BIN)/python -m service serve

test: $(VENV)/.development
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile training/examples/Dockerfile
	$(BIN)/python -m training corpus check > /dev/null

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

gate: $(VENV)/.development
	$(BIN)/python -m evaluation gate $(if $(SHARED),$(WRITTEN) $(SHARED))

evaluate: $(VENV)/.development
	mkdir -p build/evaluation
	$(BIN)/python -m evaluation run --unseen $(WRITTEN) $(SHARED) --out build/evaluation/result.json
	$(BIN)/python -m evaluation report build/evaluation/result.json --out build/evaluation/report.html

bench: $(VENV)/.development
	test -d $(BASE) || $(BIN)/python -m training base --route $(ROUTE)
	$(BIN)/python -m tests.bench run --base $(BASE) $(if $(QUICK),--quick) --out $(BENCH)/result.jsonl
	$(BIN)/python -m tests.bench table $(BENCH)/result.jsonl > $(BENCH)/result.md
	$(BIN)/python -m tests.bench plot $(BENCH)/result.jsonl --out $(BENCH)/result.webp
	cat $(BENCH)/result.md

sbom: $(SERVED)/.installed $(VENV)/.development
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-file build/sbom.json $(SERVED)/bin/python

audit: $(SERVED)/.installed $(VENV)/.development
	$(BIN)/python -m tests.supply $(SERVED)

train: $(VENV)/.development
	$(BIN)/python -m training base --route $(ROUTE)
	$(BIN)/python -m training prepare $(addprefix --recipe ,$(RECIPE)) $(addprefix --shared ,$(SHARED)) \
	  $(addprefix --corpus ,$(CORPUS))
	$(BIN)/python -m training fit $(addprefix --recipe ,$(RECIPE)) --resume
	$(BIN)/python -m training export --name $(NAME)

openapi: $(VENV)/.serving
	$(BIN)/python -m service openapi

clean:
	rm -rf $(VENV) build dist *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# As in the image, and nothing beside it.
$(SERVED)/.installed: pyproject.toml
	$(PYTHON) -m venv --clear $(SERVED)
	$(SERVED)/bin/python -m pip install --quiet '.[otel,postgresql,stream]'
	$(SERVED)/bin/python -m pip uninstall --quiet --yes pip setuptools
	touch $@

# Each install is done again when pyproject.toml changes.
$(VENV)/.serving: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.development: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m tests.e2e.browser
	touch $@ $(VENV)/.serving
