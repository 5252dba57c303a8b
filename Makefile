# yibao: `make demo` and `make test` set up everything they need.

SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEBIAN := chromium fonts-noto-cjk postgresql python3-venv
WORKERS ?= 2

.PHONY: help demo test serve bench city year fuzz crash lint debian

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1	/'

demo: $(VENV)/installed ## sample forms of a province's two quarters: import, vouchers, usage, warnings
	@rm -rf demo
	@YIBAO_BY=示例 $(BIN)/python -m desk.demo demo

serve: $(VENV)/installed ## open the web page over the demo's books
	@test -d demo/home || $(MAKE) -s demo
	$(BIN)/yibao --home demo/home serve

test: debian $(VENV)/tested ## the whole suite, on SQLite and PostgreSQL, pages in Chromium
	@if command -v pg_virtualenv >/dev/null; then \
	  pg_virtualenv -t -o fsync=off $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS); \
	else $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS); fi

bench: $(VENV)/tested ## speed, as ratios within one run
	$(BIN)/python -m tests.bench $(ARGS)

city: debian $(VENV)/tested ## a city's year of personal accounts from forms to books, at size (PEOPLE=600000)
	@run="$(BIN)/python -m pytest -q tests/test_desk_city_year.py $(ARGS)"; \
	export YIBAO_CITY_PEOPLE=$(or $(PEOPLE),600000); \
	if command -v pg_virtualenv >/dev/null; then \
	  pg_virtualenv -t -o fsync=off -o shared_buffers=512MB -o max_wal_size=8GB $$run; \
	else $$run; fi

year: $(VENV)/installed ## a province's simulated 2018 from forms to books by commands alone, and its report
	@rm -rf year && $(BIN)/yibao init year/home --province 520000
	@$(BIN)/yibao sample year/forms --year 2018
	@time YIBAO_BY=示例 $(BIN)/yibao --home year/home run year/forms/year.yibao >year/told.txt
	@echo year/forms/*.html

crash: $(VENV)/tested ## kill -9 at random moments of imports, for long (ROUNDS=200)
	YIBAO_CRASH_ROUNDS=$(or $(ROUNDS),200) $(BIN)/python -m pytest -q tests/test_desk_crash.py

fuzz: $(VENV)/tested ## hostile files and long property tests
	YIBAO_FUZZ=1 $(BIN)/python -m pytest -q tests -k "fuzz or property"

lint: $(VENV)/tested ## black, isort, flake8
	$(BIN)/black --check -q .
	$(BIN)/isort --check -q .
	$(BIN)/flake8

debian:
	@missing=$$(for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "missing Debian packages, tests that need them are skipped:" $$missing; fi; \
	fi

$(VENV)/installed: setup.cfg
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { $(MAKE) -s debian && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[test]'
	@touch $@
