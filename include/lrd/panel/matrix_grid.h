/* panel/matrix_grid: the Q/K matrices as small multiples: equal cells of a panel, each with a line that names its
 * matrix.
 *
 * Pure. Ownership: plain values. Threads: any. */
#ifndef LRD_PANEL_MATRIX_GRID_H
#define LRD_PANEL_MATRIX_GRID_H

#include <stddef.h>

#include <lrd/panel/ui_state.h>

/* Cells for the matrices first .. first + count - 1. */
typedef struct MatrixGrid {
    Rect inner;
    int columns, rows, first, count;
} MatrixGrid;

/* The columns that make the best cells; when not all matrices have room, the page that holds the chosen one; with
 * u->one_matrix that one alone. */
MatrixGrid matrix_grid_make(Rect inner, int least_w, int least_h, int matrices, const UiState *u);
Rect matrix_grid_cell(const MatrixGrid *g, int i);
/* "1–4 of 8, m: next", "3 of 8, m: next" where not all of them are shown; else "" and false. */
bool matrix_grid_page(const MatrixGrid *g, int matrices, char *words, size_t size);

/* The first row of r: the matrix's name and, as far as there is room, its ranks, norm and turn. */
void matrix_grid_label(Canvas *c, Rect r, const MatrixMeasure *m, const UiState *u, bool chosen);

#endif
