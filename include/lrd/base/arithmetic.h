/* base/arithmetic: the flags under which this program must not be compiled.
 *
 * A run that is not finite any more is noticed by isfinite and by comparisons with NaN; -ffinite-math-only takes these
 * away without a word, and the other parts of -ffast-math reorder sums that must be the same on every machine. What has
 * a macro is refused here, the rest by the Makefile, which looks at the flags themselves. */
#ifndef LRD_BASE_ARITHMETIC_H
#define LRD_BASE_ARITHMETIC_H

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "lrdlab cannot be compiled with -ffast-math, -Ofast or -ffinite-math-only: NaN and infinity must stay visible"
#endif
#if defined __ASSOCIATIVE_MATH__ || defined __RECIPROCAL_MATH__ || defined __NO_SIGNED_ZEROS__
#error "lrdlab cannot be compiled with -funsafe-math-optimizations or a part of it: it changes arithmetic"
#endif
#if defined __FLT_EVAL_METHOD__ && __FLT_EVAL_METHOD__ == 2
#error "lrdlab needs float computed as float: on x86 add -msse2 -mfpmath=sse"
#endif
_Static_assert(sizeof 1.0 == sizeof(double), "lrdlab cannot be compiled with -fsingle-precision-constant");

#endif
