# One command each for whoever wants to see it, change it or check it. `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
# One more than the cores of a small machine: a test of processes waits for them now and then.
JOBS ?= 3
BROWSERS ?= 2

PY := $(VENV)/bin/python
# Settings of the caller's pip and Python that would send packages elsewhere or refuse them. Where the caller's
# index, mirror, proxy and certificates are, is the caller's business: those stay.
CLEAN := env -u PIP_USER -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT -u PIP_CONSTRAINT -u PIP_REQUIREMENT -u PIP_NO_DEPS \
	-u PIP_DRY_RUN -u PIP_EDITABLE -u PIP_NO_BINARY -u PIP_ONLY_BINARY -u PIP_REQUIRE_HASHES -u PIP_REQUIRE_VIRTUALENV \
	-u PIP_IGNORE_INSTALLED -u PIP_PYTHON -u PIP_LOG -u PIP_REPORT -u PIP_SRC -u PIP_PRE -u PYTHONDONTWRITEBYTECODE -u PYTHONPATH -u PYTHONHOME -u PYTHONUSERBASE
PIP := $(CLEAN) PIP_DISABLE_PIP_VERSION_CHECK=1 $(PY) -m pip -qq
RUN := $(CLEAN) PATH="$(CURDIR)/$(VENV)/bin:$$PATH:/usr/sbin:/sbin"

# Debian package: the command it brings. The tests hold the hardened broker configuration to a real Mosquitto, and
# the pages to a real Chromium.
SYSTEM := mosquitto:mosquitto mosquitto-clients:mosquitto_sub chromium:chromium

# Whole stories, played again and again and by other people's projects: a run apart, so that whoever changes a line
# waits six minutes and not eight.
STORIES := tests/journeys/test_demo.py tests/journeys/test_worlds.py tests/journeys/test_scenarios.py tests/journeys/test_recording.py \
	tests/journeys/test_scenario_docs.py tests/vehicle_sim/test_pytest_plugin.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test play browse coverage check bench verify storm pictures goldens release-api lock format clean system-packages

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  PYTHON=python3.12 picks another interpreter (3.11 to 3.13), VENV=dir another environment."

demo: $(VENV)/demo.stamp ## play the whole story on real processes: out/demo/report.html
	@$(RUN) sensus demo

test: $(VENV)/dev.stamp system-packages ## run the tests, on a real broker and a real database (COVER=1: watch each line)
	@rm -f .coverage .coverage.*
	@$(RUN) pytest -n $(JOBS) $(addprefix --ignore=,$(STORIES)) $(if $(COVER),--cov --cov-report=)

play: $(VENV)/dev.stamp system-packages ## play every story of scenarios/ and docs/, and the sample project's tests
	@$(RUN) pytest $(STORIES) -n $(JOBS) $(if $(COVER),--cov --cov-append --cov-report=)

browse: $(VENV)/dev.stamp system-packages ## click through every page in a real Chromium (COVER=1: watch each line)
	@$(RUN) pytest tests/e2e -n $(BROWSERS) $(if $(COVER),--cov --cov-append --cov-report=)

coverage: $(VENV)/dev.stamp ## hold the branches to their figures, after all of the above with COVER=1
	@$(RUN) sh -c 'pure=$$(python -m tests.house pure) && echo "Pure modules: every branch" \
		&& coverage report --include="$$pure" --fail-under=100 --format=total \
		|| { coverage report --include="$$pure"; exit 1; }'
	@$(RUN) sh -c 'pure=$$(python -m tests.house pure) && echo "Everything else: 90 % of the branches" \
		&& coverage report --omit="$$pure" --fail-under=90 --format=total \
		|| { coverage report --omit="$$pure"; exit 1; }'

check: $(VENV)/dev.stamp ## format, lint, types, import contracts, locks, links of the docs, released APIs
	@echo "--- format"; $(RUN) ruff format --check .
	@echo "--- lint"; $(RUN) ruff check .
	@echo "--- types"; $(RUN) mypy
	@echo "--- import contracts"; $(RUN) lint-imports --no-logo
	@echo "--- house rules, locks, links"; $(RUN) pytest -q tests/test_house.py tests/test_docs.py
	@echo "--- what the APIs promised"; $(RUN) pytest -q tests/api/test_released.py

bench: $(VENV)/dev.stamp ## print how long things take, beside the floor
	@$(RUN) python benchmarks/run.py

verify: $(VENV)/dev.stamp system-packages ## pull every plug, minutes long: out/storm/results.json (ONLY="R1 R3" picks)
	@$(RUN) python -m tests.storm short $(ONLY)

storm: $(VENV)/dev.stamp system-packages ## the same for hours
	@$(RUN) python -m tests.storm long $(ONLY)

goldens: $(VENV)/dev.stamp ## draw every golden in 20 processes on every Python installed, and compare the bytes (RUNS=3: fewer)
	@$(RUN) python -m tests.digests $(or $(RUNS),20) python3.11 python3.12 python3.13

pictures: $(VENV)/dev.stamp system-packages ## take the pictures of docs/ anew
	@$(RUN) python -m tests.e2e.pictures

release-api: $(VENV)/dev.stamp ## promise the present APIs: docs/api/released/, which no later change may break
	@$(RUN) python -m tests.api.released

format: $(VENV)/dev.stamp ## let ruff put the files in order
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix-only .

# --no-config and the emptied variables keep the addresses of this machine out of the files; tests/test_house.py looks.
LOCK := $(CLEAN) -u UV_FIND_LINKS -u UV_CONSTRAINT -u UV_OVERRIDE UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile \
	--quiet --no-config --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	--python-version 3.11 pyproject.toml requirements/build.in

lock: $(VENV)/dev.stamp ## renew requirements/*.txt from pyproject.toml (LOCKFLAGS=--upgrade for newer versions)
	@$(LOCK) $(LOCKFLAGS) --extra dev --output-file requirements/dev.txt
	@for end in demo backend head-unit; do \
		$(LOCK) --extra $$end --constraints requirements/dev.txt --output-file requirements/$$end.txt || exit 1; done

clean: ## remove the environment and everything made
	rm -rf $(VENV) out build dist *.egg-info .coverage .coverage.* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "Python 3.11, 3.12 or 3.13 is needed, and '$(PYTHON)' is not one of them: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(CLEAN) $(PYTHON) -m venv $(VENV)

# The development environment holds all of the demo's (tests/test_house.py: the one lock is a part of the other).
$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(PY)
	@echo "Installing what development needs (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/demo.stamp $@

$(VENV)/demo.stamp: requirements/demo.txt pyproject.toml | $(PY)
	@echo "Installing what the demo needs (half a minute, once)"
	@$(PIP) install --require-hashes -r requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

system-packages:
	@missing=""; \
	for pair in $(SYSTEM); do \
		PATH="$$PATH:/usr/sbin" command -v "$${pair#*:}" >/dev/null || missing="$$missing $${pair%:*}"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ]; then sudo=""; \
	elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
	else echo "Missing Debian packages:$$missing. Please run: sudo apt-get install --no-install-recommends$$missing" >&2; exit 1; fi; \
	command -v apt-get >/dev/null || { echo "Missing programs of the packages:$$missing (no apt-get here)" >&2; exit 1; }; \
	echo "Installing Debian packages:$$missing"; \
	install="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends$$missing"; \
	$$install >/dev/null 2>&1 || { $$sudo apt-get update -qq && $$install >/dev/null; } || { \
		echo "Could not install them. Please run: apt-get install --no-install-recommends$$missing" >&2; exit 1; }
