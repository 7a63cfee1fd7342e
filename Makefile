# SPDX-License-Identifier: GPL-3.0-or-later

SWIFT = swift
SOURCES = Package.swift Sources Tests fixtures fuzz templates $(wildcard benchmarks)
DEMO = demo
TSMEDIA = .build/release/tsmedia
CREATE = $(TSMEDIA) create
LIBRARY = --distribution-point $(DEMO)/SCCMContentLib
CLIENT = --client-binaries $(DEMO)/client-binaries

# How the tests are built: what is ours without optimisation, as debug builds are, and the packages that it uses optimised
# (Package.swift says why). `swift test` gets --disable-testable-imports besides: it would pass -enable-testing once more, and
# build everything anew after `make check`.
TEST_SWIFT = TSMEDIA_TESTS=1 $(SWIFT)
TESTS = --configuration release --scratch-path .build-tests

# The suites that stand apart from `make test`, which is the command and its libraries. Each SUITE has
#   - a target SUITE, with a line of help, that runs all of it, and
#   - a target smoke-SUITE that runs little of it; .ci/run makes all of these with `make smoke`,
# and names both in a .PHONY of its own: a name in SUITES without them is an error, and not a suite that passes.
# docs/testing.md says how to add one.
SUITES = fuzz test-package test-target mutants
FUZZ_SECONDS = 60
FUZZ_SEED = 0
FUZZ_RUNS =
FUZZ_TARGETS =

# Where `make install` installs; DESTDIR is put before it.
PREFIX = /usr/local
DESTDIR =
# The releases of Debian on which the package is tried.
DEBIANS = bookworm trixie

.PHONY: help demo build engine test test-all check bench format dependencies domain-dependencies fleet-dependencies kernel-dependencies provenance-dependencies install deb clean smoke swift

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# First of all: without Swift nothing else is of use.
swift:
	@SWIFT=$(SWIFT) scripts/require-swift

dependencies: swift ## install from Debian what is missing to build and to test
	scripts/install-dependencies

domain-dependencies: swift
	scripts/install-dependencies --domain
	test -x .build-python/bin/python || python3 -m venv .build-python
	.build-python/bin/pip install --quiet --disable-pip-version-check pyspnego==0.12.4

# Programs of others that read what the engine makes: the tests have an environment of their own for them.
target-dependencies: swift
	test -x .build-python/bin/python || python3 -m venv .build-python
	.build-python/bin/pip install --quiet --disable-pip-version-check regipy==6.5.0 dissect.ntfs==3.16

# Public validators of statements, envelopes and bills of materials.
provenance-dependencies: swift
	test -x .build-python/bin/python || python3 -m venv .build-python
	.build-python/bin/pip install --quiet --disable-pip-version-check in-toto-attestation==0.9.3 \
		'cyclonedx-python-lib[json-validation]==11.12.0' 'securesystemslib[crypto]==1.6.0'

# A Slurm, which no service starts: the tests have their own.
fleet-dependencies: swift
	scripts/install-dependencies --fleet

# A Linux kernel that reads discs in QEMU; it is unpacked here and not installed.
kernel-dependencies:
	scripts/linux-kernel .build-kernel

build: swift ## build the program, optimised
	scripts/install-dependencies --build
	$(SWIFT) build --configuration release --product tsmedia

engine: swift ## build tsengine, the program that runs task sequences on the target
	scripts/install-dependencies --engine
	scripts/build-engine

demo: dependencies ## make a distribution point and media of three types from it, and inspect them
	$(SWIFT) build --configuration release --product tsmedia
	$(SWIFT) build --configuration release --product tsmedia-fixtures
	rm -rf $(DEMO)
	.build/release/tsmedia-fixtures demo $(DEMO)
	$(CREATE) standalone $(LIBRARY) $(CLIENT) --task-sequence $(DEMO)/task-sequence.zip \
	    --output $(DEMO)/standalone.iso --force
	$(CREATE) bootable $(LIBRARY) $(CLIENT) --boot-image ABC00005 --media-mode dynamic \
	    --management-point http://mp.example.com --site-code ABC --output $(DEMO)/bootable.iso --force
	$(CREATE) capture $(LIBRARY) $(CLIENT) --boot-image ABC00005 --output $(DEMO)/capture.iso --force
	$(TSMEDIA) inspect $(DEMO)/standalone.iso
	$(TSMEDIA) inspect $(DEMO)/bootable.iso
	$(TSMEDIA) inspect $(DEMO)/capture.iso

test: dependencies ## build and run every test, on emulated firmware too
	scripts/run-tests env $(TEST_SWIFT) test --disable-testable-imports $(TESTS) $(if $(TESTS_ONLY),--filter '$(TESTS_ONLY)')

test-all: export TSMEDIA_TEST_ALL = 1
test-all: domain-dependencies fleet-dependencies kernel-dependencies provenance-dependencies check test ## check and test, every combination of media and firmware, drives by optimised code too
	scripts/run-tests $(SWIFT) test --configuration release -Xswiftc -enable-testing --scratch-path .build-optimised \
	    --filter 'DriveImageTests|ContentTransferTests'

check: dependencies ## format and build without warnings
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	TSMEDIA_WARNINGS_AS_ERRORS=1 $(TEST_SWIFT) build --build-tests $(TESTS)

smoke: $(SUITES:%=smoke-%) ## run a little of each suite that stands apart from the tests

# The readers, instrumented, with seeds of their own; .build-fuzz keeps what libFuzzer learned, for the next time.
FUZZ_PROGRAM = .build-fuzz/release/tsmedia-fuzz
.PHONY: fuzz smoke-fuzz
fuzz: dependencies ## feed every reader damaged input: FUZZ_TARGETS (all) for FUZZ_SECONDS (60) each, or FUZZ_RUNS
	TSMEDIA_FUZZ=1 $(SWIFT) build --configuration release --product tsmedia-fuzz --scratch-path .build-fuzz
	FUZZ_SECONDS='$(FUZZ_SECONDS)' FUZZ_RUNS='$(FUZZ_RUNS)' FUZZ_SEED='$(FUZZ_SEED)' \
	    scripts/fuzz $(FUZZ_PROGRAM) .build-fuzz/work $(FUZZ_TARGETS)

smoke-fuzz:
	$(MAKE) fuzz FUZZ_SECONDS=1 FUZZ_SEED=1

# Media in virtual machines: TSMEDIA_TEST_TARGET turns on all of Tests/TargetTests, of which the suites named Smoke are the smoke.
TARGET_TESTS = TargetTests
TARGET_PACKAGES = target-packages arm-packages
.PHONY: test-target smoke-test-target $(TARGET_PACKAGES)
test-target: export TSMEDIA_TEST_TARGET = 1
test-target: dependencies kernel-dependencies target-dependencies $(TARGET_PACKAGES) engine ## try media in virtual machines, and have it do there what it is for
	scripts/run-tests env $(TEST_SWIFT) test --disable-testable-imports $(TESTS) --filter '$(TARGET_TESTS)'

# The packages of which the tests make boot images, fetched by the program itself where they are not there, or are those of
# before boot images had curl; nothing of them is installed.
target-packages: dependencies
	$(TEST_SWIFT) build $(TESTS) --product tsmedia
	ls .build-packages/curl_*.deb >/dev/null 2>&1 || \
	    "$$($(TEST_SWIFT) build $(TESTS) --show-bin-path)/tsmedia" bootimage fetch --output .build-packages

# The same for computers with a processor of Arm, with firmware and an emulator for them.
arm-packages: target-packages
	scripts/install-dependencies --arm
	ls .build-packages-arm64/curl_*.deb >/dev/null 2>&1 || \
	    "$$($(TEST_SWIFT) build $(TESTS) --show-bin-path)/tsmedia" bootimage fetch --architecture arm64 \
	    --output .build-packages-arm64

smoke-test-target:
	$(MAKE) test-target TARGET_TESTS='TargetTests.*Smoke' TARGET_PACKAGES=target-packages

.PHONY: mutants smoke-mutants
mutants: dependencies ## break a copy of the code in each way of mutants/, and see whether a test notices (MUTANTS='--only NAME')
	scripts/test-the-tests $(MUTANTS)

smoke-mutants: swift
	scripts/test-the-tests --check

bench: dependencies ## time the program beside its peers, and hold its memory against the ceiling
	benchmarks/run
	benchmarks/run --memory

install: swift ## build the program and install it below PREFIX (/usr/local), with man pages and completions
	scripts/install-dependencies --engine
	scripts/build-files
	scripts/install-files "$(DESTDIR)" "$(PREFIX)"

deb: swift ## make a Debian package, .build-package/tsmedia.deb
	scripts/install-dependencies --package
	scripts/build-package

.PHONY: test-package smoke-test-package
test-package: deb ## install the package into clean systems of DEBIANS and make media there
	scripts/install-dependencies
	$(TEST_SWIFT) build $(TESTS) --product tsmedia-fixtures
	scripts/test-package "$$($(TEST_SWIFT) build $(TESTS) --show-bin-path)/tsmedia-fixtures" .build-package/tsmedia.deb $(DEBIANS)

smoke-test-package: dependencies
	$(TEST_SWIFT) build $(TESTS) --product tsmedia
	scripts/check-package "$$($(TEST_SWIFT) build $(TESTS) --show-bin-path)/tsmedia"

format: swift ## format the sources
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

clean: ## remove what was built and the demonstration
	rm -rf .build .build-tests .build-optimised .build-package .build-mutants .build-manual .build-python .build-kernel .build-packages .build-engine .build-fuzz $(DEMO)
