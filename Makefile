# The commands that README names. `make` alone lists them.

PYTHON ?= python3

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

.PHONY: setup
setup: ## fetch libraries, models and Debian packages (resumable, checked)
	@$(PYTHON) scripts/setup.py
