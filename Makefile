# Needs only make and Python 3.11 or newer: everything else is installed in .venv from hashed locks.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
SPARK_STAMP := .venv-spark/.installed
CLOUDS_STAMP := .venv-clouds/.installed
SERVER := .ci/server
SQL := $(wildcard models snapshots tests/singular)

.DEFAULT_GOAL := help
.PHONY: help run test test-full test-engines compile-clouds postgresql check style types lint sample fix docs faults benchmark lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

SECTOR := $(or $(SCORING_SECTOR),commerce)
PEOPLE ?= 3000
COMPANY := build/company-$(SECTOR)-$(PEOPLE)

run: $(STAMP) ## Score the household panel and publish it; with SCORING_SECTOR=banking a simulated bank
ifeq ($(SECTOR),commerce)
	@$(BIN)/scoring panel
	@SCORING_RAW=build/panel $(BIN)/scoring run
else
	@test -e $(COMPANY) || $(BIN)/scoring simulate $(COMPANY) --customers $(PEOPLE) --sector $(SECTOR)
	@SCORING_SECTOR=$(SECTOR) SCORING_RAW=$(COMPANY) $(BIN)/scoring run
endif

test: $(STAMP) postgresql ## All that a change must pass: check, dbt build on the sample, pytest
	@$(MAKE) --no-print-directory -j 2 $(IN_ORDER) lint types style sample
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# Without the server the tests of PostgreSQL are skipped, and say so.
postgresql:
	@$(SERVER) initdb postgresql "PostgreSQL's server" || echo 'The models are not compared on PostgreSQL.' >&2

# What is done at the same time is still shown one after another, where make can.
IN_ORDER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

test-full: $(STAMP) ## What make test leaves out: simulated companies of every sector, minutes each
	$(BIN)/pytest -n 2 --dist loadfile -m full -rP

test-engines: $(STAMP) $(SPARK_STAMP) ## The same models on a private PostgreSQL server and a private Spark cluster, compared with DuckDB
	@$(SERVER) initdb postgresql "PostgreSQL's server"
	@$(SERVER) java default-jre-headless "a Java runtime"
	$(BIN)/pytest tests/engines -m "not full" --durations=0 --durations-min=1

compile-clouds: $(CLOUDS_STAMP) ## Compile the models for Snowflake and BigQuery, which they were never run on
	@.venv-clouds/bin/python tests/engines/compile_clouds.py snowflake bigquery

check: style types lint ## Format, lint, types and seeds; changes nothing

style: $(STAMP)
	$(BIN)/ruff format --check scripts tests
	$(BIN)/ruff check scripts tests
	$(BIN)/scoring check-config

types: $(STAMP)
	$(BIN)/mypy

lint: $(STAMP)
	@echo sqlfluff lint $(SQL)
	@$(SQLFLUFF) lint --disable-progress-bar $(SQL)

# What a file is parsed into is in use until the file is done: to look through it for garbage all the while is half of the
# time. Handing it to other processes costs more than they save.
SQLFLUFF := $(BIN)/python -c 'import gc; gc.set_threshold(200_000, 20, 100); from sqlfluff.cli.commands import cli; cli(prog_name="sqlfluff")'

sample: $(STAMP)
	$(BIN)/dbt --warn-error build --full-refresh --select '*'

fix: $(STAMP) ## Format, and fix what can be fixed without judgement
	$(BIN)/ruff format scripts tests
	$(BIN)/ruff check --fix scripts tests
	@$(SQLFLUFF) fix --disable-progress-bar $(SQL)

docs: $(STAMP) ## dbt's documentation of the sample as one page, build/docs/static_index.html
	$(BIN)/dbt build --full-refresh --quiet
	$(BIN)/dbt docs generate --static --target-path build/docs
	@echo "open build/docs/static_index.html"

faults: $(STAMP) ## Break every promise in a scratch copy and see its test fail
	$(BIN)/python tests/faults/run.py

benchmark: $(STAMP) ## Time the commands that people wait for, beside their budgets
	@$(BIN)/scoring benchmark

lock: $(STAMP) ## Make the lock files anew from requirements.in
	$(BIN)/uv pip compile requirements.in --override requirements-overrides.txt $(LOCK_FLAGS) -o requirements.lock
	@grep '^uv==' requirements.lock | sed 's/ .*//' | $(BIN)/uv pip compile - $(LOCK_FLAGS) -o requirements-bootstrap.lock
	@for name in spark clouds; do \
		$(BIN)/uv pip compile requirements-$$name.in --override requirements-overrides.txt $(LOCK_FLAGS) -o requirements-$$name.lock; \
	done

LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

clean: ## Remove what was built; keeps .venv, warehouses and published copies
	rm -rf build target logs

# Modules are compiled and the project is parsed here, not by the first command that needs them; where PYTHONDONTWRITEBYTECODE is
# set, Python would compile what dbt imports anew each time. What dbt warns of leaves nothing parsed, so that `make test`, which
# would not parse again, stops at it.
$(STAMP): requirements-bootstrap.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3 ...' >&2; exit 1; }
	@echo 'Building the environment in .venv: about a minute the first time.'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps -r requirements-bootstrap.lock
	@echo 'Installing packages from requirements.lock.'
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation \
		--editable .
	@echo 'Parsing the project, once: the first dbt command is quicker for it.'
	-@$(BIN)/dbt --quiet --warn-error parse
	@touch $@

# Environments of other engines, with another adapter of dbt each.
.venv-%/.installed: requirements-%.lock $(STAMP)
	@echo 'Building the environment in .venv-$*.'
	@test -x .venv-$*/bin/python || $(PYTHON) -m venv .venv-$*
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python .venv-$*/bin/python --require-hashes $<
	@touch $@
