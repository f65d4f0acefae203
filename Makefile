# The handful of commands. Each sets up what it needs; nothing has to be installed but Python 3.11.
.PHONY: help run test long check bench faults drills schema clean
.DEFAULT_GOAL := help

PYTHON_IN := .venv/bin/python -m
# What is compiled once is kept, whatever the environment says: tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
# Postgres 15 is the oldest that is supported: where it is installed, tests run on it too.
POSTGRES_15 := /usr/lib/postgresql/15/bin
PYTEST := $(PYTHON_IN) pytest -n auto --maxprocesses 4 --dist worksteal
# Much of a long test is waiting: one process more than processors.
TESTERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ $$n -lt 4 ] && echo $$((n + 1)) || echo 4)
PYTEST_LONG := $(PYTHON_IN) pytest -n $(TESTERS) --dist worksteal
# Only the files that have a mark are read for it. Those whose tests take minutes come first: what
# begins last would keep one processor busy and the others waiting.
SLOWEST := tests/docs tests/faults tests/bench tests/app/local
marked = $$( \
    for folder in $(SLOWEST) tests providers; do \
        grep -rl --include='test_*.py' 'mark\.$(1)' $$folder | sort; \
    done | awk '!seen[$$0]++')

help:
	@echo "make run     set up and start everything; PORT=8001 make run chooses the port (8000)"
	@echo "make test    run the tests, but for the long ones"
	@echo "make long    run the long tests: a whole Piga, kills, thousands of people, Postgres 15"
	@echo "make check   format, lint, types, layering, texts and menus, all tests"
	@echo "make bench   measure, and compare with a bare server and a bare database"
	@echo "make faults  move money while processes are killed, the disk is full, a host's clock is"
	@echo "             wrong, bodies stall and a folder is copied; then compare all records"
	@echo "make drills  lose a machine while it writes, and restore it elsewhere: RPO and RTO"
	@echo "make schema  write core/migrations/schema.sql anew, after a change of the migrations"
	@echo "make clean   remove what can be made again: .venv/ and caches (data in .piga/ stays)"

run:
	@bin/setup
	@exec .venv/bin/piga run

test:
	@bin/setup dev
	@$(PYTEST) -m "not long"

long:
	@bin/setup dev
	@code=0; \
	if [ -x $(POSTGRES_15)/postgres ]; then \
	    echo "On Postgres 15, what may differ between versions:"; \
	    PIGA_TEST_PG_BIN=$(POSTGRES_15) $(PYTEST) -m every_postgres $(call marked,every_postgres) || code=$$?; \
	fi; \
	echo "What takes long:"; \
	$(PYTEST_LONG) -m long $(call marked,long) || code=$$?; \
	exit $$code

check:
	@bin/setup dev
	$(PYTHON_IN) ruff format --check .
	$(PYTHON_IN) ruff check .
	$(PYTHON_IN) mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/piga check
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory long

bench:
	@bin/setup dev
	@$(PYTHON_IN) bench

faults:
	@bin/setup dev
	@$(PYTHON_IN) tests.faults

drills:
	@bin/setup dev
	@$(PYTHON_IN) tests.drills

schema:
	@bin/setup dev
	@$(PYTHON_IN) tests.core.migrations.schema_file

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -path ./.piga -prune -o -name __pycache__ -type d -exec rm -rf {} +
