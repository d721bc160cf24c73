# Two commands do everything: `make demo` runs the second regional day, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= data

# A process that may not keep what it compiled compiles Django anew: 1.6 s of the 2.6 that a command takes to begin, and
# the tests begin hundreds. Containers often forbid it.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test long faults lint lint-types lint-rest fmt bench peers pictures lock messages vendor clean

help: ## les commandes, une ligne chacune
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# uv if the machine has it, else venv and pip. Stamps: a changed lock or pyproject installs again.
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Il faut Python 3.11 ou plus récent (PYTHON=python3.12 make …)."; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		test -x $(BIN)/python || uv venv -q --python $(PYTHON) $(VENV); \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock; \
	fi
	@touch $@

# atheris and schemathesis: the fuzzers of `make long`; the short suite plays its own inputs without them.
$(VENV)/.installed-fuzz: requirements-fuzz.lock $(VENV)/.installed-dev
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements-fuzz.lock; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-fuzz.lock; \
	fi
	@touch $@

# The extra `fast`: `make long` holds the compiled seats against the others; everything else runs without it.
$(VENV)/.installed-fast: requirements-fast.lock $(VENV)/.installed-dev
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements-fast.lock; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-fast.lock; \
	fi
	@touch $@

demo: $(VENV)/.installed ## la journée du 2 octobre 2025, prête à jouer (PORT=, DATA=, HOST=0.0.0.0)
	@$(BIN)/maillage demo --host $(HOST) --port $(PORT) --data $(DATA)

demo-reset: $(VENV)/.installed ## efface les données de la démonstration et recommence
	@$(BIN)/maillage demo --host $(HOST) --port $(PORT) --data $(DATA) --reset

# The same tests twice: on SQLite, then on a throwaway PostgreSQL for whatever touches a database.
PURE := facilitation seating lib frontend ui guides
# What PostgreSQL would say nothing new of: the bench and the commands make SQLite files of their own, the wheel too;
# axe, a mouse, a camera, a phone without JavaScript see the same HTML, the atlas's pages are read on both by tests/atlas;
# a method's pages read one row; a rehearsal copies a SQLite file; each method's screens, and what a seat may not see, go
# through the same log as the co-development's; cells of a file, units of systemd and options are read before any base.
# Who opens which address, and each check taken away in turn, are the same questions to either base (tests/rights).
# What a sign-in provider answers is read before any base; the pages of who comes in are the same HTML.
# Hostile inputs (tests/fuzz) stop at a form or a reader nearly always; `make long` plays them on PostgreSQL too.
# `make long` and `make faults` leave nothing out.
OF_SQLITE := --ignore=tests/rights --ignore=tests/fuzz --ignore=tests/config/test_bench.py --ignore=tests/config/test_cli.py --ignore=tests/config/test_wheel.py \
	--ignore-glob=tests/browser/test_accessibility*.py --ignore=tests/browser/test_carrying.py --ignore=tests/methods \
	--ignore=tests/browser/test_methods.py --ignore=tests/browser/test_thumbs.py --ignore=tests/browser/test_atlas.py \
	--ignore=tests/browser/test_change.py --ignore=tests/browser/test_scanning.py --ignore=tests/browser/test_coming_and_going.py \
	--ignore=tests/browser/test_canaries.py --ignore=tests/browser/test_hostile.py --ignore=tests/browser/test_room_server.py \
	--ignore=tests/registrations/test_reading.py --ignore=tests/config/test_systemd.py --ignore=tests/config/test_room.py \
	--ignore=tests/people/test_openid.py --ignore=tests/browser/test_signing_in.py \
	--ignore=tests/reports/test_offices.py --ignore=tests/browser/test_grid.py --ignore=tests/browser/test_touch.py --ignore=tests/browser/test_weight.py --ignore=tests/browser/test_no_javascript.py \
	--deselect=tests/live/test_rehearsal_page.py::test_copy_is_whole_and_leaves_the_data_alone

# Six processes, a test file a process, each with its data folder, cluster and ports: browser tests mostly wait, so two
# cores carry six (four left a quarter of them idle).
# In the order of tests/order.py: pytest-xdist's own begins with the files of many tests, and ends with the longest.
PARALLEL := -n 6 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.installed-dev ## tous les tests courts, sur SQLite puis PostgreSQL ; dit ce qu’il saute et pourquoi
	@$(BIN)/python -m pytest $(PARALLEL)
	@if $(BIN)/python -c 'import sys; from tests.postgresql import binaries; sys.exit(binaries() is None)'; then \
		MAILLAGE_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(PARALLEL) $(PURE:%=--ignore=tests/%) $(OF_SQLITE); \
	elif [ "$$CI" = true ]; then \
		echo "PostgreSQL est absent : en CI, une base absente est une erreur."; exit 1; \
	else \
		echo "SAUTÉ : la suite sur PostgreSQL, car initdb n’est pas installé (apt-get install postgresql)."; \
	fi

# The doors of tests/fuzz behind which a base is: on PostgreSQL too, as many inputs.
OF_A_BASE := $(patsubst %,tests/fuzz/test_%.py,imports live searches addresses)
# Half a million inputs are one test: it may last longer than any other.
PATIENT := -o faulthandler_timeout=7200

long: $(VENV)/.installed-fast $(VENV)/.installed-fuzz ## tout, sur les deux bases : fuzz, fautes et accessibilité en entier
	@MAILLAGE_LONG=1 $(BIN)/python -m pytest $(PARALLEL) $(PATIENT) -m "long or not long"
	@MAILLAGE_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(PARALLEL) $(PURE:%=--ignore=tests/%) --ignore=tests/fuzz \
		--deselect=tests/live/test_rehearsal_page.py::test_copy_is_whole_and_leaves_the_data_alone
	@MAILLAGE_LONG=1 MAILLAGE_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(PARALLEL) $(PATIENT) $(OF_A_BASE)

# One at a time: « right within five seconds » is of a machine that does nothing else.
faults: $(VENV)/.installed-dev ## les fautes, en entier : serveurs, relais et base tués sous la charge, sur les deux bases
	@MAILLAGE_FAULTS=whole $(BIN)/python -m pytest -v tests/faults tests/live/test_kill.py tests/browser/test_codev.py
	@MAILLAGE_FAULTS=whole MAILLAGE_TEST_DATABASE=postgresql $(BIN)/python -m pytest -v tests/faults tests/live/test_kill.py tests/browser/test_codev.py

# Apart: pip-audit brings thirty packages that nothing of ours imports.
.venv-audit/.installed: requirements-audit.lock
	@if command -v uv >/dev/null 2>&1; then \
		uv venv -q --python $(PYTHON) --allow-existing .venv-audit && uv pip install -q --python .venv-audit/bin/python --require-hashes -r requirements-audit.lock; \
	else \
		$(PYTHON) -m venv .venv-audit && .venv-audit/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-audit.lock; \
	fi
	@touch $@

# Two at a time: types take one processor as long as all the rest takes the other.
lint: $(VENV)/.installed-dev ## style, types, sens des imports, migrations, audit des dépendances, traductions
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint-types lint-rest

lint-types: $(VENV)/.installed-dev
	@$(BIN)/mypy

lint-rest: $(VENV)/.installed-dev .venv-audit/.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.dependencies
	@MAILLAGE_DATA_DIR=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings maillage.config.settings
	@$(BIN)/python -m maillage.ui.catalogues

fmt: $(VENV)/.installed-dev ## met le code en forme
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

bench: $(VENV)/.installed ## mesure, à côté d’une référence, en tableau et en JSON
	@$(BIN)/maillage bench

# In an environment of their own: ortools and highspy cannot be imported in one process.
.venv-peers/.installed: requirements-peers.lock
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-peers.lock
	@touch $@

peers: .venv-peers/.installed ## d’autres outils, à mesurer à côté : maillage bench seating --peers .venv-peers/bin/python

lock: ## refait les six fichiers de versions (demande uv)
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock
	echo "numba>=0.61" | uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 -c requirements-dev.lock - -o requirements-fast.lock
	printf '%s\n' "atheris==3.0.*; sys_platform == 'linux' and python_version < '3.14'" "schemathesis>=4.30" | uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 -c requirements-dev.lock - -o requirements-fuzz.lock
	echo "pip-audit>=2.10" | uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 - -o requirements-audit.lock
	echo "ortools==9.15.*" | uv pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 - -o requirements-peers.lock

pictures: $(VENV)/.installed-dev ## refait les images des guides : joue la démonstration et la photographie (demande chromium)
	@$(BIN)/python -m tests.guides.pictures

LOCALE := src/maillage/ui/locale
PO := $(LOCALE)/fr/LC_MESSAGES/django

# French from nothing, by the sentences themselves; the others keep what they say of a sentence that stayed as it was, and
# a new one says nothing until somebody writes it: msgmerge would guess a neighbour's words for it.
messages: $(VENV)/.installed-dev ## refait les catalogues des langues, dont les pluriels (demande gettext)
	@rm -f $(PO).po
	@cd src/maillage && MAILLAGE_DATA_DIR=$$(mktemp -d) ../../$(BIN)/python -m django makemessages -l fr --add-location file --no-obsolete --settings maillage.config.settings -v0
	@mv $(PO).po $(LOCALE)/pages.pot
	@$(BIN)/python -m maillage.ui.words_of_engines $(LOCALE)/pages.pot $(LOCALE)/all.pot
	@$(BIN)/python -m maillage.ui.catalogues gather $(LOCALE)/all.pot
	@msgen --no-wrap --no-location -o $(PO).po $(LOCALE)/all.pot
	@rm $(LOCALE)/*.pot && for language in fr fr_Simple; do $(BIN)/python -m maillage.ui.typeset $(LOCALE)/$$language/LC_MESSAGES/django.po || exit 1; done
	@for language in fr fr_Simple en de ar tr; do msgfmt --check-format -o $(LOCALE)/$$language/LC_MESSAGES/django.mo $(LOCALE)/$$language/LC_MESSAGES/django.po || exit 1; done

vendor: $(VENV)/.installed-dev ## recopie htmx, polices et axe-core depuis leurs versions épinglées (demande npm)
	@$(BIN)/python -P frontend/copy.py

clean: ## efface l’environnement et les caches
	rm -rf $(VENV) .venv-audit build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
