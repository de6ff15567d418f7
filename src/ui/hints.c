#include <lrd/ui/hints.h>

/* The first sentence stands alone where there is no room for the second. */
const char *const hints[HINT_COUNT] = {
    "New here? L is a guided lesson, ? shows the keys. ?? says what each panel means.",
    "t swaps the kind of weight decay, u undoes it. Up and Down change its strength; nothing can break.",
    "space pauses, [ looks back, q leaves. P makes the numbers large for a projector.",
    "The mouse works too; hold Shift to select text. Click a decay, a tab, a key or a curve; the wheel zooms.",
};
