# Airtight. `make help` lists what can be done; two commands matter: `make up` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := .venv/bin/uv
PY := .venv/bin/python
LOCK := $(UV) pip compile -q --system-certs --python /usr/bin/python3 --generate-hashes --no-header --no-annotate \
	--no-emit-package kit --no-emit-package ai-brain --no-emit-package api --no-emit-package log-generator \
	--no-emit-package stream-control
.PHONY: help up down status logs env deps test check fix migrate openapi lock install-service admin bench-air bench-api \
	bench-library bench-schedule

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

up: ## put the station on air (installs what is missing; run it again to deploy changes)
	@native/up

down: ## take the station off air
	@native/down

status: ## each process, and the tier on air
	@native/status

logs: ## follow the station's logs
	@source native/common.sh && exec tail -n 20 -F "$$AIRTIGHT_VAR"/log/*.log

admin: ## an administrator with a one-time password: make admin email=you@example.org
	@native/admin "$(email)"

env: ## make .env with secrets, for compose.yaml
	@native/compose-env

install-service: ## start the station with the machine (systemd)
	@native/install-service

deps: .venv/installed ## system packages and the development environment

.venv/installed: requirements.lock requirements-dev.lock native/uv.txt native/packages
	@native/packages
	@test -x $(PY) || /usr/bin/python3 -m venv .venv
	@$(PY) -m pip install -qq --disable-pip-version-check -r native/uv.txt
	@VIRTUAL_ENV=.venv $(UV) pip install -q --system-certs --require-hashes -r requirements.lock -r requirements-dev.lock
	@for service in services/*/; do echo "$(CURDIR)/$${service%/}"; done > "$$(echo .venv/lib/python3*/site-packages)/airtight.pth"
	@touch $@

test: deps ## every test: rules, services, and the station as a listener hears it
	@native/test

check: deps ## formatting, types, import contracts, Liquidsoap, generated files
	@native/check

fix: deps ## mend what can be mended automatically
	@.venv/bin/ruff check -q --fix --exit-zero . && .venv/bin/ruff format -q .

migrate: deps ## write a migration from the models: make migrate service=api m="what changes"
	@native/migration "$(service)" "$(m)"

openapi: deps ## write each service's openapi.json
	@$(PY) -m native.openapi

lock: ## resolve the newest versions into the lock files
	@$(LOCK) --upgrade services/*/pyproject.toml native/requirements.in -o requirements.lock
	@$(LOCK) --upgrade -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock

bench-air: deps ## failover and switch times, start-up times, CPU and memory (about forty minutes)
	@PYTHONPATH=tests $(PY) -m bench.air

bench-api: deps ## requests a second and latencies behind the front door, and events to 1,000 clients (two minutes)
	@PYTHONPATH=tests $(PY) -m bench.api

bench-library: deps ## searches, facets, export and edits with 100,000 tracks (five minutes)
	@PYTHONPATH=tests:services/api/tests $(PY) -m bench.library

bench-schedule: deps ## planned days on synthetic stations: rules, rotation, advertising, fit, time (two minutes)
	@$(PY) -m bench.schedule
