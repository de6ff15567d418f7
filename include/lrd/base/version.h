/* base/version: the program's version, as `--version` and every log's first row say it. */
#ifndef LRD_BASE_VERSION_H
#define LRD_BASE_VERSION_H

#define LRD_VERSION "0.1.0"
#define LRD_VERSION_DATE "2026-11-25"

#endif
