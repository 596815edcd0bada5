# Short names for packaging/bootstrap.py, which does the same on a machine without make.
# Arguments: make test ARGS="tests/unit -k figures"

PYTHON ?= python3
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py

.PHONY: help setup demo run test test-extras bench lock translations

help:
	@$(BOOTSTRAP) --help

setup:
	@$(BOOTSTRAP) setup $(ARGS)

demo:
	@$(BOOTSTRAP) demo $(ARGS)

run:
	@$(BOOTSTRAP) run $(ARGS)

test:
	@$(BOOTSTRAP) test $(ARGS)

# Checks that need optional packages, a network or a long time; never part of `make test`.
EXTRAS = $(wildcard tests/fuzz tests/lab)
test-extras:
	@$(if $(EXTRAS),$(BOOTSTRAP) test $(EXTRAS) $(ARGS),echo "There are no extra checks in this tree.")

bench:
	@$(BOOTSTRAP) bench $(ARGS)

lock:
	@$(PYTHON) packaging/lock.py $(ARGS)

translations:
	@.venv/bin/python packaging/translations.py update
	@.venv/bin/python packaging/translations.py check
