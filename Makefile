# Every command of the project. The first one that needs Python creates the environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Given on the command line or in the environment; empty means the default of the command.
SCALE ?=
LANDING ?=
AS_OF ?=
SCENARIO ?=
REFERENCE ?=
RETRY ?=
FROM ?=
RESUME ?=
SEED ?=
TO ?=
LIST ?=
KILLS ?=
BATCHES ?=
BENCH ?=
ALL ?=
PHASES ?=
Q ?=
ASK ?=
WHAT ?=
OUT ?=
FORM ?=
GENERATION ?=
VERIFY ?=
KEY ?=
AUDIENCE ?=
M ?=
BY ?=
REASON ?=
PYTHON ?= python3

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
READY := $(VENV)/.ready

# The second engine: Python packages, Iceberg's jar (of a package) and that of the database of its catalog.
SPARK_VENV := .venv-spark
SPARK_READY := $(SPARK_VENV)/.ready
H2_JAR := /usr/share/java/h2.jar
H2_SHA256 := 19654e17771f88dadc5444ca12db2269f2ba8747c00087e18f298dfd53017014

BUILD := $(or $(AFTERMATH_BUILD_DIR),build)
SQL := $(wildcard models analyses tests/dbt)

# Nothing of a run leaves the machine.
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := yes

# SQL holds quotes of both kinds, so it travels in the environment and not through the shell.
export Q

OPTIONS := \
	$(if $(SCALE),--scale '$(SCALE)') \
	$(if $(LANDING),--landing '$(LANDING)') \
	$(if $(AS_OF),--as-of '$(AS_OF)') \
	$(if $(SCENARIO),--scenario '$(SCENARIO)') \
	$(if $(SEED),--seed '$(SEED)') \
	$(if $(REFERENCE),--reference '$(REFERENCE)') \
	$(if $(RETRY),--retry)

##@ Use

.PHONY: run
run: $(READY) ## Run the gated batch and publish: on the sample, SCALE=0.01, or LANDING=<dir> AS_OF=2026-01-03
	@$(PY) -m orchestration.run $(OPTIONS)

.PHONY: backfill
backfill: $(READY) ## One run per batch date of a range: FROM=2026-01-01 TO=2026-01-05 LANDING=<dir> RESUME=1
	@$(PY) -m orchestration.backfill --from '$(FROM)' $(if $(TO),--to '$(TO)') \
		$(if $(LANDING),--landing '$(LANDING)') $(if $(REFERENCE),--reference '$(REFERENCE)') \
		$(if $(RESUME),--resume)

.PHONY: sql
sql: $(READY) ## Ask the published marts, read-only: Q="from reconciliation.rpt_published_claims" or ASK=<question>; else a prompt
	@$(PY) -m orchestration.sql $(if $(AUDIENCE),--audience '$(AUDIENCE)') \
		$(if $(ASK),-q '.ask $(ASK)',$(if $(value Q),-q "$$Q"))

.PHONY: export
export: $(READY) ## Write a pack: WHAT=regulator|journal OUT=<dir> FORM=parquet GENERATION=<id> FROM= TO=; or VERIFY=<dir> KEY=<file>
	@$(PY) -m exports.run $(if $(WHAT),--what '$(WHAT)') $(if $(OUT),--out '$(OUT)') $(if $(FORM),--form '$(FORM)') \
		$(if $(GENERATION),--generation '$(GENERATION)') $(if $(FROM),--from '$(FROM)') $(if $(TO),--to '$(TO)') \
		$(if $(VERIFY),--verify '$(VERIFY)') $(if $(KEY),--key '$(KEY)')

.PHONY: metric
metric: $(READY) ## Metrics of the published marts: a list, or M="churn_rate port_outs" BY=metric_time__month
	@$(PY) -m orchestration.metrics $(M) $(foreach each,$(BY),--by '$(each)')

.PHONY: briefing
briefing: $(READY) ## Write the page of the current generation again: build/published/briefing.html
	@$(PY) -m orchestration.briefing_page

.PHONY: trail
trail: $(READY) ## Check the audit trail against the published files; REASON="..." acknowledges what was found
	@$(PY) -m orchestration.audit_trail $(if $(REASON),--acknowledge '$(REASON)')

.PHONY: rotate
rotate: $(READY) ## Change the pseudonym key, between two batches: needs both (docs/runbook.md)
	@$(PY) -m orchestration.key_rotation

.PHONY: rollback
rollback: $(READY) ## Readers return to the generation before, or TO=<generation>; LIST=1 shows them
	@$(PY) -m orchestration.rollback $(if $(LIST),--list) $(if $(TO),--to '$(TO)')

.PHONY: ui
ui: $(READY) ## Dagster's web page and daemon on 127.0.0.1:3000
	@exec $(PY) -m orchestration.ui

.PHONY: docs
docs: $(READY) ## The site: start page, docs with search, models and lineage, evidence, briefing: build/docs/index.html
	@$(PY) -m documentation.build

##@ Develop

.PHONY: setup
setup: $(READY) ## Create or renew .venv from the lock file
	@echo "$(VENV) is ready"

.PHONY: spark
spark: $(SPARK_READY) ## Create or renew .venv-spark from spark.lock, with the two jars; needs Java 17
	@echo "$(SPARK_VENV) is ready"

.PHONY: test
test: $(READY) ## Every test: dbt unit tests, conventions, units, expectations, orchestration, warehouse
	@$(PY) -m pytest -n 2 --dist worksteal

.PHONY: lint
lint: $(READY) ## ruff, mypy --strict, sqlfluff and the conventions of text files
	@$(MAKE) --no-print-directory --keep-going --output-sync --jobs=2 lint-sql lint-python

# mypy has one core: the SQL is read meanwhile.
.PHONY: lint-sql
lint-sql: $(READY) ## sqlfluff alone
	@$(PY) -m sqlfluff lint --processes 2 --disable-progress-bar $(SQL)

.PHONY: lint-python
lint-python: $(READY) ## ruff, mypy --strict and the conventions of text files alone
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy
	@$(PY) -m pytest --quiet tests/conventions/test_files.py

.PHONY: format
format: $(READY) ## Let ruff and sqlfluff mend what they can
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .
	@$(PY) -m sqlfluff fix --processes 2 --disable-progress-bar $(SQL)

.PHONY: typecheck
typecheck: $(READY) ## mypy --strict alone
	@$(PY) -m mypy

.PHONY: bench
bench: $(READY) ## Time whole commands, floor and suites into one report; BENCH="--scales 0.01 0.1" (benchmarks/README.md)
	@$(PY) -m benchmarks.bench $(BENCH)

.PHONY: parity
parity: $(SPARK_READY) ## Build on DuckDB and on Spark and compare every mart: SCALE=0.01 PHASES=2 ALL=1 (docs/spark.md)
	@$(PY) -m parity.run $(if $(SCALE),--scale '$(SCALE)') $(if $(PHASES),--phases '$(PHASES)') $(if $(ALL),--all)

.PHONY: parity-cluster
parity-cluster: $(SPARK_READY) ## The same on a Spark cluster of this machine that loses a worker while it builds
	@$(PY) -m parity.cluster $(if $(ALL),--all)

.PHONY: peers-setup
peers-setup: $(READY) ## Create or renew .venv-peers, what the peers of benchmarks/peers run on; Spark needs Java 17 too
	@$(UV) venv --quiet --allow-existing --python $(PY) .venv-peers
	@$(UV) pip sync --quiet --python .venv-peers/bin/python --require-hashes --compile-bytecode \
		benchmarks/peers/requirements.lock
	@echo ".venv-peers is ready"

.PHONY: audit
audit: $(READY) ## Packages: locked, licensed, reasoned; vulnerabilities if pip has an index to ask
	@$(PY) -m audit.run

.PHONY: soak
soak: $(READY) ## Kill real batches and publish without end under readers' eyes: KILLS=200 BATCHES=1000
	@$(PY) -m benchmarks.soak $(if $(KILLS),--kills '$(KILLS)') $(if $(BATCHES),--batches '$(BATCHES)')

.PHONY: reliability
reliability: $(READY) ## Write docs/reliability.md from the outcomes of the last `make test`
	@$(PY) -m tests.fault_record --write

.PHONY: sample
sample: $(READY) ## Write seeds/raw anew from the scenario; SCENARIO=<file> SEED=<n>
	@$(PY) -m scenarios.generate --sample $(if $(REFERENCE),--reference '$(REFERENCE)') $(if $(SCENARIO),--scenario '$(SCENARIO)') $(if $(SEED),--seed '$(SEED)')

.PHONY: lock
lock: $(READY) ## Resolve pyproject.toml into requirements.lock and spark.lock, with hashes
	@$(UV) pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements.lock
	@$(UV) pip compile pyproject.toml --group spark --constraint requirements.lock --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file spark.lock

.PHONY: clean
clean: ## Remove everything a run made; the environment stays
	@rm -rf build .mypy_cache .pytest_cache .ruff_cache .hypothesis logs
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nVariables: SCALE LANDING AS_OF SCENARIO REFERENCE SEED RETRY FROM TO RESUME LIST Q ASK AUDIENCE M BY WHAT OUT FORM GENERATION VERIFY KEY REASON KILLS BATCHES BENCH ALL PHASES; settings: see README.md\n'

# Bytecode is compiled at installation even where the environment forbids writing it later: without
# it the imports alone take longer than the run.
$(READY): requirements.lock bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo 'Python 3.11, 3.12 or 3.13 is needed: make $(MAKECMDGOALS) PYTHON=python3.11' >&2; exit 1; }
	@echo 'Setting up $(VENV) ...'
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@$(UV) pip sync --quiet --python $(PY) --require-hashes --compile-bytecode requirements.lock
	@touch $@

# The jar of the machine, or that of its distribution's package, which is unpacked and not installed.
$(SPARK_READY): spark.lock $(READY)
	@command -v java >/dev/null || { echo 'Java 17 is needed: apt-get install openjdk-17-jre-headless' >&2; exit 1; }
	@echo 'Setting up $(SPARK_VENV) ...'
	@$(PYTHON) -m venv --without-pip $(SPARK_VENV)
	@$(UV) pip sync --quiet --python $(SPARK_VENV)/bin/python --require-hashes --compile-bytecode spark.lock
	@mkdir -p $(SPARK_VENV)/jars
	@ln -sf "$$(ls -d $(CURDIR)/$(SPARK_VENV)/lib/python3*/site-packages/snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_2.12-*.jar)" \
		$(SPARK_VENV)/jars/iceberg.jar
	@if [ -e $(H2_JAR) ]; then cp -L $(H2_JAR) $(SPARK_VENV)/jars/h2.jar; else \
		cd $(SPARK_VENV) && apt-get download -q libh2-java >/dev/null 2>&1 && dpkg -x libh2-java_*.deb h2 \
		&& cp -L h2$(H2_JAR) jars/h2.jar && rm -r h2 libh2-java_*.deb; fi
	@echo '$(H2_SHA256)  $(SPARK_VENV)/jars/h2.jar' | sha256sum --check --quiet \
		|| { echo 'The jar of H2 is not the one that was tested' >&2; exit 1; }
	@touch $@
