# For developers; running and testing need none of this (python3 run.py, python3 run.py test).
PYTHON ?= .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help
help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  --/'

.PHONY: check
check: ## format, lint, types, import rules, tests: what CI runs, but for the browser
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -q

.PHONY: fix
fix: ## format and mend what can be mended by itself
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

.PHONY: browser
browser: ## the tests in headless Chromium; fails where there is none
	$(PYTHON) -m pip install --quiet -c constraints.txt -e .[test,browser]
	GRADWALK_REQUIRE_BROWSER=1 $(PYTHON) -m pytest -q -m browser

.PHONY: fuzz
fuzz: ## longer looks for what nobody thought of: programs, lines, calls; a find belongs into tests/data/corpus
	$(PYTHON) -m pip install --quiet -c constraints.txt -e .[test,fuzz]
	GRADWALK_REQUIRE_FUZZ=1 GRADWALK_FUZZ_EXAMPLES=1500 GRADWALK_FUZZ_RUNS=5000000 $(PYTHON) -m pytest -q tests/fuzz

.PHONY: bench
bench: ## the ratios that the project promises, measured now, as a table; ONLY="graphs opening" measures a part
	$(PYTHON) -m pip install --quiet -c constraints.txt -e .[test,browser,bench]
	$(PYTHON) -m bench $(ONLY)

.PHONY: bench-cluster
bench-cluster: ## what running on a Ray cluster costs against one machine; starts a cluster of its own
	$(PYTHON) -m pip install --quiet -c constraints.txt -e .[test,ray]
	$(PYTHON) -m bench.cluster
	$(PYTHON) -m bench.predicting

.PHONY: soak
soak: ## 100,000 expressions, as quickly as they are answered; writes bench/SOAK.md and fails where anything grew
	$(PYTHON) -m bench.soak

.PHONY: recordings
recordings: ## runs the examples and keeps what they told, to be played where no program may run
	$(PYTHON) -m app.runs.record static/examples static/recordings

.PHONY: types
types: ## writes static/js/events.d.ts from app/events
	$(PYTHON) -m app.events.typescript

.PHONY: words
words: ## collects every sentence into the catalogues under app/words; what is new there waits for its translation
	$(PYTHON) -m app.words.collect
