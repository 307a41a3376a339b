# Two commands for a newcomer: `make demo` and `make test`. Needs Python 3.11 or newer, and make.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --no-deps
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
# The tests start some hundred interpreters: each would compile everything anew where none may keep what it compiled.
TESTED := PYTHONDONTWRITEBYTECODE= $(BIN)
ARGS :=

.DELETE_ON_ERROR:
.PHONY: help demo test lint format docs browser published requirements clean

help:
	@echo 'make demo          the bot and a local Slack workspace, with one request to answer'
	@echo '                   make demo ARGS="--port 8181 --no-open"'
	@echo 'make test          every test        make test ARGS="tests/core -k quorum"'
	@echo 'make lint          every linter'
	@echo 'make docs          the generated documents anew'
	@echo 'make browser       Chromium and its emoji for the browser tests (Debian and Ubuntu, as root)'
	@echo 'make published     what Slack publishes for JavaScript, which some tests hold us against (needs the npm registry)'
	@echo 'make requirements  the hash-pinned requirements anew, from pyproject.toml'

demo: $(VENV)/runtime.stamp
	@$(BIN)/jit demo $(ARGS)

test: $(VENV)/dev.stamp
ifeq ($(ARGS),)
	@$(TESTED)/pytest -n auto --maxprocesses 4 --cov=bot/core --cov-report=
	@$(BIN)/coverage report --include='bot/core/*' --fail-under=100 --skip-covered --show-missing
else
	@$(TESTED)/pytest $(ARGS)
endif

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck .ci/run deploy/jit deploy/jit-gate integrations/buildkite/hooks/* integrations/jenkins/resources/*/*.sh

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/dev.stamp
	$(BIN)/python -m docs.draw

browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-noto-color-emoji; }

published: .published/schemas.json

requirements: $(VENV)/dev.stamp
	$(UV_COMPILE) pyproject.toml --output-file requirements.txt
	$(UV_COMPILE) pyproject.toml --extra dev --constraints requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) .published .demo test-output .coverage .coverage.* htmlcov

# The environment. A stamp is younger than what it was made from, so a second run finds nothing to do.

$(BIN)/python:
	@test -n '$(PYTHON)' || { \
	    echo 'JIT Approvals needs Python 3.11 or newer; python3 here is: '"$$(python3 --version 2>&1 || true)" >&2; \
	    echo 'Install one, or name it: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo 'This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv' >&2; \
	    exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/checkout.stamp: deploy/jit deploy/jit-gate | $(BIN)/python
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "jit-checkout.pth").write_text("$(CURDIR)\n$(CURDIR)/sdk\n")'
	@cp deploy/jit $(BIN)/jit && chmod 755 $(BIN)/jit
	@cp deploy/jit-gate $(BIN)/jit-gate && chmod 755 $(BIN)/jit-gate
	@touch $@

$(VENV)/runtime.stamp: requirements.txt $(VENV)/checkout.stamp
	@echo 'Installing the pinned packages into $(VENV) (once, about a minute)' >&2
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt $(VENV)/checkout.stamp
	@echo 'Installing the pinned packages and the test tools into $(VENV) (once, a few minutes)' >&2
	@$(PIP_INSTALL) --no-compile -r requirements-dev.txt
	@touch $(VENV)/runtime.stamp $@

# Slack's own types as JSON Schemas. Node and npm come with the test tools (pyright brings them).

.published/schemas.json: tests/published/package.json tests/published/types.ts tests/published/schemas.mjs tests/published/echo.mjs $(VENV)/dev.stamp
	@echo 'Installing what Slack publishes for JavaScript into .published (once, half a minute)' >&2
	@mkdir -p .published && cp tests/published/*.json tests/published/*.ts tests/published/*.mjs .published/
	@home="$$($(BIN)/python -m tests.published.node)" && PATH="$$home/bin:$$PATH" && cd .published && \
	    node "$$home/lib/node_modules/npm/bin/npm-cli.js" install \
	        --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error >&2 && node schemas.mjs
