# One entrance for everything; needs make, Python >= 3.11 and, the first time, the package registries.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
RUN := .venv/bin/python
BIN := .venv/bin
READY := .venv/.synced
# Processes of `make test`; each has a Kafka and a PostgreSQL of its own.
WORKERS ?= 2

export UV_PYTHON_DOWNLOADS := never
export PYTHONUTF8 := 1
# The system is a dozen Python processes: each would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo run test check format migration images images-check chart-check alerts-check
.PHONY: runbooks-check cluster-test dashboards chart-peers howto howto-check bench chaos restore-drill
.PHONY: styles rotation-drill trace-check compose-check clean
.PHONY: check-format check-lint check-types check-imports check-architecture check-house check-generated
.PHONY: repair-lint repair-format repair-schemas repair-documents repair-contributing

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## The environment in .venv, as uv.lock says

demo: $(READY) ## Play the consultation of 19 September 2022 through all services and report
	@$(BIN)/pasum demo $(ARGS)

run: $(READY) ## The whole stack until Ctrl-C; its addresses are in .local/stack.json
	@$(BIN)/pasum run $(ARGS)

test: $(READY) ## All tests on the real Kafka and PostgreSQL (ARGS="-k name" for some, WORKERS=0 in one process)
	@$(RUN) -m pytest tests -n $(WORKERS) $(ARGS)

check: $(READY) ## All static checks; says at the end what failed and what repairs it
	@$(RUN) -m tests.check

format: $(READY) ## Format, generate and repair what can be repaired without thinking
	@$(MAKE) -k -j1 repair-lint repair-format repair-schemas repair-documents repair-contributing

migration: $(READY) ## Write the next migration from the tables (SERVICE=minutes NAME="who has proofread")
	@$(RUN) -m tests.migration "$(SERVICE)" "$(NAME)"

images: $(READY) ## Build the container images (ARGS="minutes archive" for some; BASE=… and BUILD_BASE=… for another base)
	@UV_VERSION=$(UV_VERSION) $(RUN) -m deploy.images.build $(ARGS)

images-check: $(READY) ## Build the images twice, look into them and start them (needs a Docker engine); .local/images/report.json
	@UV_VERSION=$(UV_VERSION) $(RUN) -m tests.images.check

compose-check: $(READY) ## deploy/compose.yaml from nothing to the first confirmed registration, with the images of `make images`
	@$(RUN) -m tests.images.compose

chart-check: $(READY) ## The Helm chart: its generated files, every values file rendered, the rules for its manifests (two minutes)
	@$(RUN) -m tests.deploy.files --check
	@$(RUN) -m pytest tests/deploy -q $(ARGS)

cluster-test: $(READY) ## The chart on a real Kubernetes (ARGS="--only api": what its API server says); .local/cluster/report.json
	@$(RUN) -m tests.cluster $(ARGS)

STYLE_SHEET ?= services/portal/web/static/portal.css
styles: ## The style sheet of the portal, from services/portal/web/styles (needs npm)
	@mkdir -p .local/styles && cp services/portal/web/styles/package.json .local/styles/
	@npm install --silent --no-package-lock --prefix .local/styles
	@.local/styles/node_modules/.bin/sass --no-source-map --style=compressed --load-path=.local/styles/node_modules \
	  services/portal/web/styles/portal.scss $(STYLE_SHEET)

dashboards: $(READY) ## Build the Grafana dashboards (ARGS=--pictures: draw them, under the load of a real run and under faults)
	@$(RUN) -m deploy.grafana.generate --write
	@$(if $(filter --pictures,$(ARGS)),$(RUN) -m tests.observability.pictures,true)

alerts-check: $(READY) ## Prometheus and Alertmanager accept the rules, each alert fires and ends, every metric is live
	@$(RUN) -m tests.deploy.files --check
	@$(RUN) -m pytest tests/alerts tests/e2e/test_metrics.py -q $(ARGS)

runbooks-check: $(READY) ## Make each fault, see its alert fire, carry out its runbook, see it end (ARGS="--only PasumServiceDown")
	@$(RUN) -m tests.alerts.runbooks.run $(ARGS)

chart-peers: $(READY) ## The chart by Helm 3.22 and 4.3, kube-score, and Strimzi's model (needs Go; minutes the first time)
	@$(RUN) -m pytest tests/deploy/against_helm.py tests/deploy/against_strimzi.py tests/deploy/against_kube_score.py -q $(ARGS)

howto: $(READY) ## How to follow docs/howto/write-a-feature.md by machine
	@$(RUN) -m tests.howto.apply --help

howto-check: $(READY) ## Follow docs/howto/write-a-feature.md in a copy of the checkout, with its make check and make test
	@$(RUN) -m tests.howto.apply check

bench: $(READY) ## Measure, beside the raw drivers in the same run; writes .local/bench/report.json
	@$(RUN) -m tests.performance.bench $(ARGS)

chaos: $(READY) ## Break everything under load and prove that nothing is lost (SEED=7 MINUTES=10); .local/chaos/report.json
	@$(RUN) -m tests.chaos.run --seed $(or $(SEED),1) --minutes $(or $(MINUTES),10) $(ARGS)

restore-drill: $(READY) ## Take a backup under load, destroy everything, restore, count: .local/restore/report.json (five minutes)
	@$(RUN) -m tests.restore.run $(ARGS)

rotation-drill: $(READY) ## Change every password and key under load: no request may fail; .local/rotation/report.json
	@$(RUN) -m tests.rotation.run $(ARGS)

trace-check: $(READY) ## Trace a registration into a real Jaeger, which is built once (minutes), and print the trace
	@$(RUN) -m tests.tracing.run

clean: ## Remove the environment, local data and caches (the package cache outside stays)
	rm -rf .venv .uv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

check-format: $(READY)
	@$(BIN)/ruff format --check .

check-lint: $(READY)
	@$(BIN)/ruff check .

check-types: $(READY)
	@$(BIN)/mypy --strict pasum services shared deploy tests

check-imports: $(READY)
	@$(BIN)/lint-imports

check-architecture: $(READY)
	@$(RUN) -m pytest tests/architecture -q

check-house: check-architecture
	@echo "check-house is called check-architecture now; the old name goes with the next version" >&2

check-generated: $(READY)
	@status=0; \
		$(RUN) -m shared.contracts.schemas --check || status=1; \
		$(RUN) -m services.notification.documents --check || status=1; \
		$(RUN) -m tests.rights.page --check || status=1; \
		$(RUN) -m tests.routes --check || status=1; \
		$(RUN) -m tests.logs --check || status=1; \
		$(RUN) -m tests.problems --check || status=1; \
		$(RUN) -m services.minutes.adapters.coverage --check || status=1; \
		$(RUN) -m deploy.grafana.generate --check || status=1; \
		$(RUN) -m tests.observability.metrics_page --check || status=1; \
		$(RUN) -m tests.deploy.files --check || status=1; \
		exit $$status

# The steps of `make format`: each does what it can, and the next follows also where something is left to be done.
repair-lint: $(READY)
	@$(BIN)/ruff check --fix .

repair-format: $(READY)
	@$(BIN)/ruff format .

repair-schemas: $(READY)
	@$(RUN) -m shared.contracts.schemas --write

repair-documents: $(READY)
	@$(RUN) -m services.notification.documents --write
	@$(RUN) -m tests.rights.page --write
	@$(RUN) -m tests.routes --write
	@$(RUN) -m tests.logs --write
	@$(RUN) -m tests.problems --write
	@$(RUN) -m services.minutes.adapters.coverage --write
	@$(RUN) -m deploy.grafana.generate --write
	@$(RUN) -m tests.observability.metrics_page --write
	@$(RUN) -m tests.deploy.files --write

repair-contributing: $(READY)
	@$(RUN) -m tests.architecture.contributing
	@$(RUN) -m tests.architecture.diagrams

$(READY): uv.lock pyproject.toml | $(UV)
	@$(UV) sync --frozen --all-extras --compile-bytecode --python $(PYTHON)
	@touch $@

# Only where no uv is on the PATH. --target leaves the system's packages alone, so PEP 668 does not forbid it.
.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Pasum needs Python 3.11 or later; say which with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
		|| { echo "Neither uv nor pip is here: install one of them (Debian: apt-get install python3-pip)" >&2; exit 1; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv "uv==$(UV_VERSION)"
