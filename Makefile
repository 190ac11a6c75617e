# kepu: `make` lists the targets. A fresh machine needs Python 3.11, git and make; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := .kepu-setup
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# kepu is several processes, and its tests start many more: each would compile every library anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev browser run test check peers bench lock clean

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup       ## set everything up and start the whole of kepu with the sample newsroom
	@exec $(BIN)/kepu up --demo

test: setup-dev browser   ## run the tests, in two processes
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup-dev ## style, types and arrows between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(STAMP)/run $(STAMP)/project
	@$(BIN)/python -m desk.build

setup-dev: $(STAMP)/dev $(STAMP)/project
	@$(BIN)/python -m desk.build

browser: setup-dev
	@sh tests/browser_setup.sh

peers: setup-dev ## install the tools that `kepu bench` measures against (nothing of kepu needs them)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/peers.txt

bench: peers     ## measure quality and speed against those tools
	$(BIN)/kepu bench

lock:            ## resolve the dependencies anew (network needed)
	$(BIN)/uv pip compile -q pyproject.toml --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -o requirements/run.txt
	$(BIN)/uv pip compile -q pyproject.toml --extra dev -c requirements/run.txt --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -o requirements/dev.txt
	$(BIN)/uv pip compile -q pyproject.toml --extra peers -c requirements/run.txt --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -o requirements/peers.txt

clean:           ## remove what set-up and tests made (not var/, where your data lives)
	rm -rf $(VENV) $(STAMP) desk/static/build desk/assets/node_modules kepu.egg-info build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(STAMP)/venv: requirements/uv.txt
	@mkdir -p $(STAMP)
	@echo "建立虚拟环境…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMP)/run: requirements/run.txt $(STAMP)/venv
	@echo "安装依赖…"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

$(STAMP)/dev: requirements/dev.txt $(STAMP)/venv
	@echo "安装依赖（含测试工具）…"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

# the project itself; needs setuptools, which either list of dependencies brings
$(STAMP)/project: pyproject.toml | $(STAMP)/venv
	@$(BIN)/python -c "import setuptools" 2>/dev/null || $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
