"""The picture of `results.py predict`: each run a point, what it measured before it could grok against when it did."""

import math

WIDTH, HEIGHT, LEFT, TOP, GAP, BOTTOM = 860, 430, 70, 58, 60, 60
NEVER = 26  # height of the band for runs that never grokked
# Okabe and Ito's colours, and a shape each, so that nothing is told by colour alone.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999")
SHAPES = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
    "M-4,-4H4V4H-4Z",
    "M0,-5L5,4H-5Z",
    "M0,-5.5L5.5,0L0,5.5L-5.5,0Z",
    "M0,5L5,-4H-5Z",
    "M-5,-2H-2V-5H2V-2H5V2H2V5H-2V2H-5Z",
    "M-5,-2.5L-2.5,-5L0,-2.5L2.5,-5L5,-2.5L2.5,0L5,2.5L2.5,5L0,2.5L-2.5,5L-5,2.5L-2.5,0Z",
    "M-5,-3H5V3H-5Z",
)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text(x, y, words, anchor="middle", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(words)}</text>'


class LogAxis:
    """From a value range to pixels, with marks at 1, 2 and 5 times powers of ten, closer where that makes few. What is not above 0 stands
    at the first end."""

    def __init__(self, values, first, last):
        values = [v for v in values if v > 0] or [1]
        low, high = min(values), max(values)
        pad = max((high / low) ** 0.06, 1.05)
        self.low, self.high = math.log(low / pad), math.log(high * pad)
        self.first, self.last = first, last

    def place(self, value):
        if value <= 0:
            return self.first
        return self.first + (math.log(value) - self.low) / (self.high - self.low) * (self.last - self.first)

    def marks(self):
        powers = range(math.floor(self.low / math.log(10)), math.ceil(self.high / math.log(10)) + 1)
        for factors in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7), [n / 10 for n in range(10, 100)]):
            out = [float(f"{factor * 10.0 ** power:.2g}") for power in powers for factor in factors]
            out = [m for m in out if self.low <= math.log(m) <= self.high]
            if len(out) > 2:
                break
        return out


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"


def draw_panel(points, measure, name, correlation, left, right, looks):
    top, bottom = TOP + NEVER, HEIGHT - BOTTOM
    x = LogAxis([p[measure] for p in points], left, right)
    y = LogAxis([p["grokked"] for p in points if p["grokked"] is not None], bottom, top)
    out = [f'<path d="M{left},{TOP}H{right}V{bottom}H{left}Z M{left},{top}H{right}" fill="none" stroke="#888"/>',
           text(left - 6, TOP + NEVER / 2 + 4, "never", "end"),
           text((left + right) / 2, HEIGHT - BOTTOM + 36, f"{name} (mean of Q and K)"),
           text((left + right) / 2, TOP - 10, correlation)]
    for mark in x.marks():
        out.append(f'<path d="M{x.place(mark):.1f},{bottom}v4" stroke="#888"/>')
        out.append(text(x.place(mark), bottom + 18, number(mark)))
    for mark in y.marks():
        out.append(f'<path d="M{left},{y.place(mark):.1f}h-4" stroke="#888"/>')
        out.append(text(left - 6, y.place(mark) + 4, number(mark), "end"))
    for p in points:
        color, shape = looks[p["group"]]
        never = p["grokked"] is None
        height = TOP + NEVER / 2 if never else y.place(p["grokked"])
        fill = "none" if never else color
        out.append(f'<path transform="translate({x.place(p[measure]):.1f},{height:.1f})" d="{shape}" '
                   f'fill="{fill}" fill-opacity=".65" stroke="{color}"/>')
    return out


def write_scatter(path, points, measures, correlate):
    groups = sorted({p["group"] for p in points})
    looks = {g: (COLORS[i % len(COLORS)], SHAPES[i % len(SHAPES)]) for i, g in enumerate(groups)}
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12" fill="#222">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    panel = (WIDTH - LEFT - GAP * len(measures)) / len(measures) + GAP / len(measures)
    for i, (measure, name) in enumerate(measures if points else []):
        alone, all_runs = correlate(points, measure)
        words = ["–" if r is None else f"{r:.2f}".replace("-", "−") for r in (alone, all_runs)]
        left = round(LEFT + i * (panel + GAP / 2))
        right = round(left + panel - GAP / 2)
        out += draw_panel(points, measure, name, f"ρ = {words[0]} where it grokked, {words[1]} over all", left, right, looks)
    out.append(text(16, HEIGHT / 2, "step at which it grokked", extra=f' transform="rotate(-90 16 {HEIGHT / 2})"'))
    at = LEFT
    for group in groups:
        color, shape = looks[group]
        out.append(f'<path transform="translate({at + 6},18)" d="{shape}" fill="{color}" fill-opacity=".65" stroke="{color}"/>')
        out.append(text(at + 16, 22, group, "start"))
        at += 34 + 7 * len(group)
    out.append(text(WIDTH - 16, 22, "hollow: never grokked", "end"))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>"]) + "\n")
