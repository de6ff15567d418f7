# lrdlab: `make` builds ./lrdlab, `make help` lists the rest.
#
#   make CC=clang CFLAGS=-O2        another compiler, other flags
#   make B=build-x SAN=address      a variant in its own directory: objects, tests and build-x/lrdlab
#   make WERROR=1  V=1              warnings are errors; show whole commands
#   make BLAS=blas                  another BLAS than OpenBLAS, by its pkg-config name: many times slower, most of them

B       ?= build
PREFIX  ?= /usr/local
CFLAGS  ?= -O3 -g
DESTDIR ?=
ARGS    ?=
# Not from the environment, where the name means other things.
BLAS    := openblas
# The first python3 that has PyTorch: a version manager's may hide the system's.
PYTHON  ?= $(or $(shell for p in python3 /usr/bin/python3; do $$p -c 'import torch' 2>/dev/null && echo $$p && break; done),python3)
SAN     ?=

BINDIR  := $(PREFIX)/bin
DATADIR := $(PREFIX)/share/lrdlab
DOCDIR  := $(PREFIX)/share/doc/lrdlab
MANDIR  := $(PREFIX)/share/man/man1
# Where bash, zsh and fish look for completions.
BASHDIR := $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHDIR := $(PREFIX)/share/fish/vendor_completions.d

# The program of the plain build stands at the top of the tree, those of variants in their directories.
PROGRAM := $(if $(filter build,$(B)),lrdlab,$(B)/lrdlab)
SYSTEM  := $(shell uname -s)
Q       := $(if $(V),,@)

# --- what the paths may be ---------------------------------------------------------------------------

# Before anything is touched. Folders are quoted wherever they are used, so a blank is no fault; but DATADIR also goes into
# a string of C. B is part of targets, where make takes a blank for the end of a name.
told_by  = $(if $(filter command environment,$(firstword $(origin $(1)))),$(1),PREFIX)
bad_char = $(strip $(foreach c,' " \ ` $$,$(findstring $(c),$($(1)))))
$(foreach name,DESTDIR BINDIR MANDIR BASHDIR ZSHDIR FISHDIR DATADIR DOCDIR,$(if $(call bad_char,$(name)),\
    $(error $(call told_by,$(name)) cannot have $(call bad_char,$(name)) in it: $($(call told_by,$(name))))))
$(foreach name,BINDIR MANDIR BASHDIR ZSHDIR FISHDIR DATADIR DOCDIR,$(if $(filter /%,$(firstword $($(name)))),,\
    $(error $(call told_by,$(name)) takes a path from / on, as in PREFIX=$(HOME)/.local, not "$($(call told_by,$(name)))")))
$(if $(filter ~%,$(firstword $(DESTDIR))),$(error DESTDIR takes a path; a shell leaves ~ as it is there: "$(DESTDIR)"))
ifneq ($(words $(B)) $(strip $(foreach c,' " \ ` $$ ~ * ? : % = ; | & < >,$(findstring $(c),$(B)))),1 )
$(error B takes a folder for what is built, without blanks and signs, not "$(B)")
endif
# What `make clean` would take away must have come from here.
is_ours  = $(or $(filter build,$(B)),$(wildcard $(B)/needs $(B)/datadir $(B)/liblrd.a))
ifeq ($(call is_ours)$(if $(wildcard $(B)/* $(B)/.git),,empty),)
$(error B=$(B) has other things in it; take a folder that is new or empty)
endif

# Arithmetic as it is written: NaN and infinity must stay visible, and sums in their order. Most of these flags leave no
# macro for base/arithmetic.h to see.
UNSOUND := -Ofast -ffast-math -ffinite-math-only -funsafe-math-optimizations -fassociative-math -freciprocal-math \
           -fno-signed-zeros -ffp-contract=fast% -fsingle-precision-constant -fcx-limited-range -fapprox-func -mrecip% \
           -fno-honor-nans -fno-honor-infinities -ffp-model=fast% -ffp-model=aggressive -fdenormal-fp-math=p% \
           -fdenormal-fp-math-f32=p% -mdaz-ftz -mfpmath=387 -mfpmath=both -menable-unsafe-fp-math -menable-no-% -fno-honor-%
unsound := $(filter $(UNSOUND),$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))
ifneq ($(and $(unsound),$(filter-out clean uninstall help,$(or $(MAKECMDGOALS),all))),)
$(error lrdlab cannot be built with $(firstword $(unsound)): it lets the compiler change the arithmetic, so that NaN and infinity \
    may go unseen and numbers come out otherwise; leave it out, as in CFLAGS=-O3)
endif

MAKEFLAGS     += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# --- libraries ------------------------------------------------------------------------------------

# Homebrew keeps these three out of pkg-config's ordinary path.
ifeq ($(SYSTEM),Darwin)
BREW := $(shell brew --prefix 2>/dev/null)
export PKG_CONFIG_PATH := $(BREW)/opt/openblas/lib/pkgconfig:$(BREW)/opt/ncurses/lib/pkgconfig:$(PKG_CONFIG_PATH)
endif

PACKAGES = CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' BLAS='$(BLAS)'

# These goals work, or say better what is missing, before the libraries are there.
LIGHT := run test test-full test-fresh clean uninstall format check-format help
ifneq ($(filter-out $(LIGHT),$(or $(MAKECMDGOALS),all)),)
MISSING := $(shell $(PACKAGES) CACHE='$(B)/needs' sh tests/tools/packages.sh missing build)
ifneq ($(MISSING),)
$(error $(MISSING))
endif
# Some OpenBLAS builds carry LAPACKE themselves; Debian's does not.
PKGS      := ncursesw jansson sleef cairo-svg cairo-pdf cairo $(shell pkg-config --exists lapacke && echo lapacke) $(BLAS)
PKG_FLAGS := $(filter-out -D_XOPEN_SOURCE=%,$(shell pkg-config --cflags $(PKGS)))
PKG_LIBS  := $(shell pkg-config --libs $(PKGS))
X86_64    := $(filter x86_64-%,$(shell $(CC) -dumpmachine))
endif

# --- flags ----------------------------------------------------------------------------------------

# Never -march=native: the binary must run elsewhere.
# That clang does not vectorise a loop (a maximum of floats, where a NaN would count; anything at -O0) is no fault of it.
WARN     := -std=c11 -Wall -Wextra -Wshadow -Wconversion -Wno-pass-failed $(if $(WERROR),-Werror)
DEFINES  := -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700
DEFINES  += $(if $(filter Darwin,$(SYSTEM)),-D_DARWIN_C_SOURCE)
FORTIFY  := $(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN   := -fPIE -fstack-protector-strong $(if $(SAN),,$(FORTIFY))
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LINK     := -pie
ifeq ($(SYSTEM),Linux)
LINK     += -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
endif
COMPILE   = $(CC) $(WARN) -Iinclude -include lrd/base/arithmetic.h $(DEFINES) $(PKG_FLAGS) $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(SANITIZE) \
            -fopenmp-simd -pthread -MMD -MP
LIBS      = $(PKG_LIBS) -pthread -lm

# --- what is built --------------------------------------------------------------------------------

SRC     := $(filter-out src/app/main.c src/num/kernels.c,$(wildcard src/*/*.c))
# kernels.c is compiled once for each instruction set; the program picks one when it starts.
KERNELS := base $(if $(X86_64),avx2 avx512)
OBJ     := $(SRC:%.c=$(B)/%.o) $(KERNELS:%=$(B)/src/num/kernels_%.o) $(B)/presets_data.o $(B)/lessons_data.o $(B)/movie_data.o
TESTS   := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
PRESETS := $(wildcard presets/*.ini)
LESSONS := $(wildcard presets/lessons/*.ini)

# sqrt sets no errno and a compare raises no trap here: without these two words neither is vectorised.
KERNEL_FLAGS        := -fno-math-errno -fno-trapping-math
KERNEL_FLAGS_avx2   := -mavx2 -mfma
KERNEL_FLAGS_avx512 := -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512

all: $(PROGRAM) ## build the program (the default)

OTHER_BLAS = echo "  BLAS $(BLAS), not OpenBLAS: training may be 20 times slower; ./lrdlab doctor measures it"

$(PROGRAM): $(B)/src/app/main.o $(B)/liblrd.a $(B)/blas
	@echo "  LINK $@"
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LINK) $(LDFLAGS) -o $@ $(filter-out %/blas,$^) $(LIBS)
	$(if $(filter-out openblas,$(BLAS)),@$(OTHER_BLAS))

# With another BLAS, or its files elsewhere, what includes its headers is compiled anew and all is linked anew.
$(filter $(B)/src/num/%,$(OBJ)) $(TESTS) $(FUZZERS): $(B)/blas
$(B)/blas: FORCE
	@mkdir -p $(@D)
	@echo '$(BLAS) $(PKG_FLAGS) $(PKG_LIBS)' | cmp -s - $@ || echo '$(BLAS) $(PKG_FLAGS) $(PKG_LIBS)' > $@

$(B)/liblrd.a: $(OBJ)
	@rm -f $@
	@$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(COMPILE) -c -o $@ $<

$(B)/src/num/kernels_%.o: src/num/kernels.c
	@mkdir -p $(@D)
	@echo "  CC $< ($*)"
	$(Q)$(COMPILE) -DKERNELS=$* $(KERNEL_FLAGS_$*) $(KERNEL_FLAGS) -c -o $@ $<

# What the BLAS is measured by is the same under all CFLAGS (num/speed); where its loop crosses a line of the cache it takes twice
# as long on some processors.
$(B)/src/num/plain_product.o: override CFLAGS += -O2 -fno-tree-vectorize -fno-tree-slp-vectorize -falign-loops=64

# The directory itself is named so that a preset taken away is noticed too.
$(B)/presets_data.c: presets/embed-presets.sh presets $(PRESETS)
	@mkdir -p $(@D)
	@sh presets/embed-presets.sh preset_builtin $(PRESETS) > $@

$(B)/lessons_data.c: presets/embed-presets.sh presets/lessons $(LESSONS)
	@mkdir -p $(@D)
	@sh presets/embed-presets.sh lesson_builtin $(LESSONS) > $@

$(B)/movie_data.c: presets/embed-presets.sh src/app/movie.html
	@mkdir -p $(@D)
	@sh presets/embed-presets.sh movie_builtin src/app/movie.html > $@

$(B)/%_data.o: $(B)/%_data.c
	$(Q)$(COMPILE) -c -o $@ $<

# Only search_path.c knows where installed presets lie: another PREFIX compiles it anew, and nothing else.
$(B)/src/io/search_path.o: DEFINES += -DLRD_DATA_DIR='"$(DATADIR)"'
$(B)/src/io/search_path.o: $(B)/datadir
$(B)/datadir: FORCE
	@mkdir -p $(@D)
	@echo '$(DATADIR)' | cmp -s - $@ || echo '$(DATADIR)' > $@

$(B)/tests/%: tests/unit/%.c $(B)/liblrd.a
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(COMPILE) -o $@ $< $(B)/liblrd.a $(LINK) $(LDFLAGS) $(shell pkg-config --cflags --libs cmocka) $(LIBS)

# What tries the built program from outside; tests/run.sh says which case, and with what.
HARNESSES  := $(B)/tests/faults $(B)/tests/bench_lab $(B)/tests/preload.so
FAULTS  := $(addprefix tests/faults/,faults.c verdict.c lab.c signals.c terminals.c keys.c libraries.c pty_harness.c \
           faults.h pty_harness.h)

$(B)/tests/faults: $(FAULTS)
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(WARN) $(DEFINES) $(CFLAGS) -o $@ $(filter %.c,$^)

$(B)/tests/bench_lab: tests/bench/lab.c tests/faults/pty_harness.c tests/faults/pty_harness.h
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(WARN) $(DEFINES) $(CFLAGS) -o $@ $(filter %.c,$^)

$(B)/tests/preload.so: tests/faults/preload.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(WARN) $(DEFINES) $(CFLAGS) -shared -fPIC -pthread -o $@ $<

# libFuzzer brings its own main; without it the corpora are replayed.
FUZZ_MAIN := $(if $(findstring fuzzer,$(SAN)),-fsanitize=fuzzer,tests/fuzz/replay.c)

$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/replay.c $(B)/liblrd.a
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(COMPILE) -MF $@.d -o $@ $< $(FUZZ_MAIN) $(B)/liblrd.a $(LINK) $(LDFLAGS) $(LIBS)

fuzzers: $(FUZZERS) ## build the fuzz targets into B/fuzz: CC=clang SAN=fuzzer-no-link,address,undefined, or to replay

-include $(wildcard $(B)/*.d $(B)/src/*/*.d $(B)/tests/*.d)

# --- running and testing --------------------------------------------------------------------------

# Runs while the recipe is expanded, so that a failure is one line from make itself.
DRY     = $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
ensure  = $(if $(DRY),,$(call stop_if,$(shell $(PACKAGES) sh tests/tools/packages.sh install $(1))))
stop_if = $(if $(1),$(error $(1)))
CORES   = $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
JOBS    = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(CORES))

run: ## install what is missing, build, open the lab; ARGS="train ..." for another verb
	$(call ensure,build)
	@$(MAKE) --no-print-directory $(JOBS) all
	@./$(PROGRAM) $(ARGS)

test: ## install what the tests need, run them all; the last line counts them
	$(call ensure,test)
	@MAKE='$(MAKE_COMMAND)' sh tests/run.sh

test-full: ## the same and the long ones: ThreadSanitizer, valgrind, every preset over five seeds
	$(call ensure,test)
	@MAKE='$(MAKE_COMMAND)' sh tests/run.sh full

test-fresh: ## make run and make test on bare machines of several kinds (root, debootstrap, network); CASES="quick atlas"
	@sh tests/build/test_fresh.sh $(CASES)

tests: $(TESTS) $(HARNESSES) ## build the tests into B/tests

check: tests ## build and run the unit tests alone
	@for t in $(TESTS); do ./$$t || exit 1; done

bench: $(PROGRAM) ## steps per second, milliseconds by phase
	./$(PROGRAM) bench

bench-lab: $(PROGRAM) $(B)/tests/bench_lab ## what the lab costs beside its training: first frame, pause, memory, drawing
	$(B)/tests/bench_lab ./$(PROGRAM)

bench-torch: $(PROGRAM) ## steps in PyTorch and here in turn, and their ratio (python3 with torch)
	$(PYTHON) tests/bench/torch_step.py --program ./$(PROGRAM)

verify-presets: $(PROGRAM) ## measure the presets, compare with their [expect]; ONLY="NAME..." SEEDS=5 JOBS= OUT=build/presets
	@sh tests/tools/verify-presets.sh ./$(PROGRAM)

# --- the tree -------------------------------------------------------------------------------------

FORMATTED    = $(wildcard src/*/*.[ch] include/lrd/*/*.h tests/unit/*.[ch] tests/faults/*.[ch] tests/bench/*.c tests/fuzz/*.[ch])
CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14) clang-format)

format: ## lay the sources out with clang-format 14
	$(CLANG_FORMAT) -i $(FORMATTED)

check-format: ## fail if that would change anything
	@$(CLANG_FORMAT) --dry-run --Werror $(FORMATTED)

# kernels.c is looked at once, as it is for every machine.
lint: ## cppcheck and clang-tidy with the rules in .cppcheck and .clang-tidy
	@cppcheck -q --std=c11 --enable=warning,portability,performance --error-exitcode=1 --inline-suppr \
	    --suppressions-list=.cppcheck -Iinclude $(filter -D%,$(DEFINES)) -DKERNELS=base src tests/faults tests/bench tests/fuzz
	@clang-tidy --quiet $(wildcard src/*/*.c) -- $(WARN) -Iinclude $(DEFINES) $(PKG_FLAGS) -DKERNELS=base \
	    -DLRD_DATA_DIR='""' -fopenmp-simd

docs: $(PROGRAM) ## write the READMEs' tables of keys, presets and settings anew
	@sh tests/tools/update-docs.sh ./$(PROGRAM)

check-docs: $(PROGRAM) ## fail if they are out of date
	@sh tests/tools/update-docs.sh --check ./$(PROGRAM)

screenshots: $(PROGRAM) ## draw the pictures of screenshots/ anew (rsvg-convert)
	@sh screenshots/screenshots.sh ./$(PROGRAM)

check-screenshots: $(PROGRAM) ## fail if a recorded one is out of date
	@sh screenshots/screenshots.sh --check ./$(PROGRAM)

demos: $(PROGRAM) ## record the runs of "lrdlab demo" anew; ONLY="NAME..." for some
	@sh presets/demos/record-demos.sh ./$(PROGRAM) $(ONLY)

# Made of the program's tables; it names the folder that they were built for.
$(B)/lrdlab.1: $(PROGRAM)
	@./$(PROGRAM) help --man > $@

# $(call quoted,NAME): for the shell, whatever is in it.
quoted   = '$(subst ','\'',$($(1)))'
FOLDERS := DESTDIR BINDIR MANDIR BASHDIR ZSHDIR FISHDIR DATADIR DOCDIR
TO_THEM  = $(foreach name,$(FOLDERS),$(name)=$(call quoted,$(name))) sh tests/tools/install.sh

install: $(PROGRAM) $(B)/lrdlab.1 ## PREFIX= (/usr/local), DESTDIR=; ZSHDIR= for another folder of zsh
	@$(TO_THEM) install $(PROGRAM) $(B)/lrdlab.1

uninstall: ## take away what install put there, with the same PREFIX and DESTDIR
	@$(TO_THEM) uninstall $(PROGRAM) $(B)/lrdlab.1

deb: ## a Debian package of it in B: lrdlab_VERSION_ARCHITECTURE.deb
	@rm -rf $(B)/deb && mkdir -p $(B)
	@$(MAKE) --no-print-directory install PREFIX=/usr ZSHDIR=/usr/share/zsh/vendor-completions DESTDIR=$(B)/deb >$(B)/deb.txt 2>&1 || \
	    { cat $(B)/deb.txt; exit 1; }
	@sh tests/tools/build-deb.sh $(B)/deb $(B)

clean: ## remove what was built
	rm -rf $(B) $(PROGRAM)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

FORCE:
.PHONY: all run test test-full test-fresh tests fuzzers check bench bench-lab bench-torch verify-presets format check-format lint docs \
        check-docs screenshots check-screenshots demos install uninstall deb clean help FORCE
