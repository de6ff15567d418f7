# lrdlab: `make` builds ./lrdlab, `make help` lists the rest.
CFLAGS  ?= -O3 -g
PKGS    := ncursesw jansson sleef lapacke openblas
CPPFLAGS += -Iinclude -D_DEFAULT_SOURCE -DLRD_HAVE_OPENBLAS $(shell pkg-config --cflags $(PKGS))
WARN    := -std=c11 -Wall -Wextra -Wshadow -Wconversion
LIBS    := $(shell pkg-config --libs $(PKGS)) -lpthread -lm
B       ?= build
SRC     := $(filter-out src/app/main.c,$(wildcard src/*/*.c))
OBJ     := $(SRC:%.c=$(B)/%.o)
TESTS   := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
all: lrdlab
lrdlab: $(OBJ) $(B)/src/app/main.o
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)
$(B)/liblrd.a: $(OBJ)
	rm -f $@; ar rcs $@ $^
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CPPFLAGS) $(CFLAGS) -fopenmp-simd -MMD -c -o $@ $<
$(B)/tests/%: tests/unit/%.c $(B)/liblrd.a
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CPPFLAGS) $(CFLAGS) -MMD -o $@ $< $(B)/liblrd.a $(shell pkg-config --cflags --libs cmocka) $(LIBS)
check: $(TESTS)
	@for t in $(TESTS); do ./$$t || exit 1; done
-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all check
