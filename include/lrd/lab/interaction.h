/* lab/interaction: which token a head of a layer would look at from which, were the tokens all there is.
 *
 *   S_h = softmax(q_h k_h^T / sqrt(width)),  q = Wq norm1(E), k = Wk norm1(E), both with the model's Q/K normalisation
 *
 * over the p tokens (without '=' and without positions), E the embedding. Of a layer above the first it is what its
 * matrices would do to the embedding itself. Uniform attention is 1/p; values are given times p, so that it is 1.
 *
 * Ownership: nothing is kept. Threads: any; allocates its scratch. Source: Li (arXiv 2606.04405), interaction maps. */
#ifndef LRD_LAB_INTERACTION_H
#define LRD_LAB_INTERACTION_H

#include <lrd/lab/net.h>

/* out [heads][side][side], heads the first ones: means over blocks of tokens where side is below p. side <= p. */
void interaction_map(const Net *net, int layer, int tokens, int heads, int side, float *out);

#endif
