#!/bin/sh
# Runs a program built with ThreadSanitizer, without address space randomisation where that can be had: gcc 12's
# runtime stops at the wide random offsets of newer kernels ("unexpected memory mapping").
if setarch -R true 2>/dev/null; then
    exec setarch -R "$@"
fi
exec "$@"
