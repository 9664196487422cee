# The commands that README names. `make` alone lists them.

PYTHON ?= python3

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.PHONY: setup
setup: ## fetch libraries, models and Debian packages (resumable, checked)
	@$(PYTHON) scripts/setup.py

# Everything that links libvosk and loads ONNX Runtime, which `make setup` brings.
SPEECH := callwright/speech engine-vosk/libvosk engine-piper/onnx engine-meaning/onnx load-generator/speech test-harness/speech

.PHONY: build
build: console ## build the binary with speech and pages (target/release/callwright)
	cargo build --release -p callwright --features speech

.PHONY: console
console: console/dist/index.html

console/dist/index.html: $(shell find console -path console/node_modules -prune -o -path console/dist -prune -o -type f -print 2>/dev/null)
	cd console && npm ci && npm run build

.PHONY: demo
demo: setup build ## telephones talk to a server, and the conversation is printed as it happens
	cargo build --release -p callwright-demo
	@cargo run --release --quiet -p callwright-demo

.PHONY: test
test: setup console ## run every test: crates, pages, scenarios with real telephones
	$(PYTHON) -m unittest discover -s scripts
	cd console && npm run lint && npm test
	cargo build -p callwright --features speech
	cargo test --workspace --exclude scenario-tests --features "$(SPEECH)"
	cargo test -p scenario-tests --features scenarios

.PHONY: bench
bench: setup build ## measure the server (some 15 minutes; DIGITS=folder measures spoken digits, too)
	cargo build --release -p load-generator
	target/release/callwright-bench $(if $(DIGITS),all --digits "$(DIGITS)",all)

FLOW_BENCH = target/release/callwright-flow-bench
MENUS = target/release/callwright-understanding

.PHONY: bench-flows
bench-flows: setup ## measure what flows understand (some 5 minutes; DIGITS=folder and INTENTS=folder measure these, too)
	cargo build --release -p load-generator --features speech
	@status=0; \
	$(FLOW_BENCH) all $(if $(DIGITS),--digits "$(DIGITS)") $(if $(INTENTS),--intents "$(INTENTS)") || status=1; \
	$(MENUS) || status=1; \
	$(MENUS) --noise 15 || status=1; \
	exit $$status

.PHONY: bench-zh
bench-zh: ## measure a Chinese Vosk model that you have (MODEL=folder)
	@test -n "$(MODEL)" || { echo "Name the folder of a Chinese Vosk model, such as vosk-model-small-cn-0.22 from" \
		"alphacephei.com/vosk/models: make bench-zh MODEL=folder"; exit 1; }
	@$(call bench_language,zh,$(MODEL))

.PHONY: bench-ko
bench-ko: setup ## measure the Korean Vosk model (MODEL=folder measures another)
	@$(call bench_language,ko,$(or $(MODEL),models/ko))

# A language's menu and form, heard by a model of it.
define bench_language
cargo build --release -p load-generator --features speech || exit 1; status=0; \
	$(MENUS) --language $(1) --model "$(2)" --flow tests/load/utterances/$(1)/bank.yaml \
		--wordings tests/load/utterances/$(1)/bank.txt || status=1; \
	$(FLOW_BENCH) --language $(1) --model "$(2)" slots --sentences tests/load/utterances/$(1)/sentences.txt || status=1; \
	exit $$status
endef

.PHONY: lint
lint: setup console ## formatting, clippy, rustdoc, dependencies, pages
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features "$(SPEECH) scenario-tests/scenarios" -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	cargo deny --all-features check bans licenses sources
	cd console && npm run lint

.PHONY: fuzz
fuzz: ## fuzz everything that reads bytes from outside, SECONDS each (needs a nightly toolchain)
	@command -v cargo-fuzz > /dev/null || cargo install --locked cargo-fuzz
	for target in $$(cargo +nightly fuzz list); do \
		cargo +nightly fuzz run $$target -- -max_total_time=$(or $(SECONDS),60) || exit 1; \
	done
