# `make` alone explains itself. Every target makes what it needs, in .venv, from python3 (3.10 or later) and a package index.
# PYTHON=python3.12 make test: another Python; .venv is then made anew with it.

PYTHON ?= python3
export KIND EVENT FULL

BIN := .venv/bin
# A Python chosen by hand has a stamp of its own, so that choosing another one makes .venv anew and choosing none keeps it.
CHOSEN := $(filter-out file,$(origin PYTHON))
READY := .venv/ready$(if $(CHOSEN),-$(subst /,_,$(PYTHON)))
UV_COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.10 --generate-hashes \
	--annotation-style line --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

PARALLEL := --numprocesses auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo story test check format invoke serve cloud bench build deploy lock screenshots schemas clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## See account B's function list account A's services, on a local cloud
	@$(BIN)/python -m local invoke --event-file events/invoke.json --pretty

story: $(READY) ## Play it all on a local cloud: grant, check, list, revoke, and what B's function then says
	@$(BIN)/python -m local.story

test: $(READY) ## Run the tests
	@$(BIN)/python -m pytest $(PARALLEL)

check: $(READY) ## Run everything that CI runs: format, lint, types, tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PARALLEL)

format: $(READY) ## Format the code and mend what the linter can
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

invoke: $(READY) ## Invoke the function once: KIND=invoke|http|timer EVENT='{"targets": ["company-a"]}' SNAPSHOT_DIR=DIR WORLD=FILE
	@$(if $(SNAPSHOT_DIR),mkdir -p "$$SNAPSHOT_DIR" && )$(BIN)/python -m local invoke $(if $(KIND),--kind "$$KIND") \
		$(if $(EVENT),--event "$$EVENT") $(if $(WORLD),--world "$$WORLD") \
		$(if $(SNAPSHOT_DIR),--env "SNAPSHOT_DIR=$$(cd "$$SNAPSHOT_DIR" && pwd)")

serve: $(READY) ## Keep the function running behind its HTTP trigger, on loopback
	@$(BIN)/python -m local serve

cloud: $(READY) ## Keep the local cloud running
	@$(BIN)/python -m local cloud

bench: $(READY) ## Measure everything, in some minutes, and write benchmarks/RESULTS.md: ONLY=cloud for a part, which writes nothing
	@PYTHONPATH=src $(BIN)/python -m benchmarks $(ONLY)

build: $(READY) ## Stage what ships in build/code: RUNTIME=python3.12|python3.10; FULL=1 leaves nothing out
	@$(BIN)/python -m artefact

deploy: ## Deploy with Serverless Devs, to python3.12 where REGION has it; builds first (s.yaml, actions)
	@command -v s >/dev/null || { echo "make deploy needs Serverless Devs: npm install --global @serverless-devs/s" >&2; exit 1; }
	@$(MAKE) --silent $(READY)
	@RUNTIME=$$($(BIN)/python -m artefact.choice) && export RUNTIME && s deploy

lock: $(READY) ## Pin requirements*.in in requirements*.txt: UPGRADE=1 takes newer releases
	@$(UV_COMPILE) requirements-build.in --output-file requirements-build.txt
	@$(UV_COMPILE) requirements.in --output-file requirements.txt
	@$(UV_COMPILE) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt

screenshots: $(READY) ## Take the pictures of the page in docs/ anew; needs Chromium
	@$(BIN)/python -m local.screenshots

schemas: $(READY) ## Write schemas/*.json anew from the code
	@PYTHONPATH=src $(BIN)/python -m local.schemas

clean: ## Remove .venv, build and caches
	@rm -rf .venv build tests/npm/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps, because four of the vendor's packages are source only: the first brings the pinned setuptools that builds them,
# so that every byte which is installed has a hash in this repository.
$(READY): requirements-build.txt requirements-dev.txt
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) not found: install Python 3.10 or later" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10) and "$(PYTHON) is Python %d.%d, but 3.10 or later is needed: PYTHON=python3.12 make ..." % sys.version_info[:2])'
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) lacks the module venv (Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "Installing into .venv, once ..." >&2
	@$(if $(CHOSEN),,$(BIN)/python -c '' 2>/dev/null ||) "$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-build.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-build-isolation -r requirements-dev.txt
	@touch .venv/ready "$@"
