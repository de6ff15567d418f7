#!/usr/bin/env python3
"""Tables of what the runs of a sweep came to, for presets/RESULTS.md; python3 and nothing else.

  results.py table FOLDER --rows KEY --columns KEY [--where KEY=VALUE]...
  results.py predict FOLDER... [--by KEY] [--svg FILE]

FOLDER is that of a `lrdlab sweep`. KEY is a setting, or several with commas between them. Markdown goes to stdout:
  results.py table out/l2 --rows decay.strength --columns task.frac | sh tests/tools/fill-marks.sh presets/RESULTS.md l2

table: of all runs with the same row and column, how many grokked, the median of their grokking steps, and the mean of
the best unseen accuracy of all of them.

predict: which number tells best, before a run can have grokked, when it will? Means over the Q/K matrices and over the
evaluations from the memorising step to twice that step. No run groks earlier than that by definition, so no number
looks ahead; later the rank tells of grokking itself. Spearman's rank correlation with the grokking step: over the runs
that grokked, and over all with those that never did ranked last, all alike. A sweep for it keeps logs (keep = log) and
does not stop before they grok. Left out and counted: runs that did not memorise, and that generalised sooner.
"""

import argparse
import json
import math
import os
import statistics
import sys

MEASURES = (  # what a log calls it, and what it is called here
    ("turn", "turn per step, degrees"),
    ("stable_rank", "stable rank"),
    ("effective_rank", "effective rank"),
    ("norm", "norm"),
)


# ---- Statistics


def ranks(values):
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for i in order[start:end]:
            out[i] = (start + 1 + end) / 2
        start = end
    return out


def spearman(x, y):
    """Pearson's correlation of the ranks; None below three pairs or when one side is all alike."""
    if len(x) < 3:
        return None
    a, b = ranks(x), ranks(y)
    mean = (len(x) + 1) / 2
    top = sum((p - mean) * (q - mean) for p, q in zip(a, b))
    square = sum((p - mean) ** 2 for p in a) * sum((q - mean) ** 2 for q in b)
    return top / math.sqrt(square) if square > 0 else None


# ---- Reading


def stop(words):
    sys.exit(f"results.py: {words}")


def read_cells(folders):
    cells = []
    for folder in folders:
        if not os.path.isdir(folder):
            stop(f"{folder} is no folder; make it with: lrdlab sweep SPEC --out {folder}")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name, "result.json")
            if not os.path.exists(path):
                continue
            try:
                with open(path, encoding="utf-8") as file:
                    result = json.load(file)
                result["settings"]["decay.kind"]
            except (ValueError, KeyError, TypeError):
                stop(f"{path} is not the result of a run")
            result["folder"] = os.path.join(folder, name)
            cells.append(result)
    if not cells:
        stop(f"there is no result.json in the cells of {' '.join(folders)}")
    return cells


def value_of(cell, keys):
    out = []
    for key in keys.split(","):
        if key not in cell["settings"] and key != "schedule":
            stop(f"there is no setting {key}; lrdlab settings lists them, and \"schedule\" is a key too")
        out.append(cell["schedule"] or "none" if key == "schedule" else cell["settings"][key])
    return tuple(out)


def natural(value):
    """Numbers by size, before words."""
    def part(word):
        try:
            return (0, float(word), word)
        except ValueError:
            return (1, 0.0, word)
    return tuple(part(word) for word in value)


def has_grokked(cell):
    """The program's rule: at twice the memorising step or later."""
    return None not in (cell["grokked"], cell["memorised"]) and cell["grokked"] >= 2 * cell["memorised"]


# ---- The table


def pick(cells, where):
    for word in where:
        key, equals, value = word.partition("=")
        if not equals:
            stop(f"{word} is not KEY=VALUE")
        cells = [c for c in cells if value_of(c, key) == tuple(value.split(","))]
    return cells or stop("no run has all of " + " ".join(where))


def describe(cells):
    grokked = [c["grokked"] for c in cells if has_grokked(c)]
    best = [c["best_unseen_acc"] for c in cells if c["best_unseen_acc"] is not None]
    words = [f"{len(grokked)} of {len(cells)}"]
    if grokked:
        words.append(f"{round(statistics.median(grokked)):,}")
    if best:  # rounded down, so that 100% is all of them
        words.append(f"{math.floor(1000 * statistics.fmean(best) + 1e-9) / 10:.1f}%")
    return " · ".join(words)


def print_table(arguments):
    cells = pick(read_cells([arguments.folder]), arguments.where)
    rows = sorted({value_of(c, arguments.rows) for c in cells}, key=natural)
    columns = sorted({value_of(c, arguments.columns) for c in cells}, key=natural)
    print("Grokked · median grokking step · mean of the best unseen accuracy.\n")
    print(f"| {arguments.rows} \\ {arguments.columns} | " + " | ".join(" ".join(c) for c in columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for row in rows:
        line = []
        for column in columns:
            here = [c for c in cells if (value_of(c, arguments.rows), value_of(c, arguments.columns)) == (row, column)]
            line.append(describe(here) if here else "–")
        print(f"| {' '.join(row)} | " + " | ".join(line) + " |")
    tell_pooled(cells, arguments)


def tell_pooled(cells, arguments):
    """What else differs between runs of one field."""
    shown = set((arguments.rows + "," + arguments.columns).split(","))
    pooled = []
    for key in cells[0]["settings"]:
        values = {c["settings"][key] for c in cells}
        if len(values) > 1 and key not in shown:
            pooled.append(f"{key} {', '.join(sorted(values, key=lambda v: natural((v,))))}")
    if pooled:
        print(f"\nEach over {'; '.join(pooled)}.")


# ---- What predicts grokking


def read_evaluations(path):
    """By step; what a resumed run made anew takes the place of what was there."""
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                row = json.loads(line)
            except ValueError:
                continue  # an unterminated tail
            if row.get("event") == "resumed":
                rows = {step: r for step, r in rows.items() if step <= row["step"]}
            elif "event" not in row and "matrices" in row:
                rows[row["step"]] = row
    return rows


def mean_in_window(rows, memorised, measure):
    values = []
    for step, row in rows.items():
        if memorised <= step <= 2 * memorised:
            here = [m.get(measure) for m in row["matrices"].values()]
            here = [v for v in here if v is not None]
            if here:
                values.append(statistics.fmean(here))
    return statistics.fmean(values) if values else None


def read_points(cells, by):
    """One for each run that memorised; grokked is None for never. Returns them and how many were left out, and why."""
    points, left_out = [], {}
    for cell in cells:
        path = os.path.join(cell["folder"], "log.jsonl")
        why = None
        if cell["memorised"] is None:
            why = "did not memorise"
        elif cell["grokked"] is not None and not has_grokked(cell):
            why = "generalised sooner"
        elif not os.path.exists(path):
            stop(f"{path} is not there; a sweep for this says keep = log")
        if not why:
            rows = read_evaluations(path)
            point = {m: mean_in_window(rows, cell["memorised"], m) for m, _ in MEASURES}
            point["grokked"] = cell["grokked"]
            point["group"] = " ".join(value_of(cell, by))
            if any(point[m] is None for m, _ in MEASURES):
                why = "have no evaluation in the window"
            else:
                points.append(point)
        if why:
            left_out[why] = left_out.get(why, 0) + 1
    return points, left_out


def correlate(points, measure):
    """Spearman's rho over the runs that grokked, and over all."""
    grokked = [p for p in points if p["grokked"] is not None]
    alone = spearman([p[measure] for p in grokked], [p["grokked"] for p in grokked])
    all_runs = spearman([p[measure] for p in points],
                        [math.inf if p["grokked"] is None else p["grokked"] for p in points])
    return alone, all_runs


def told(number, form):
    return "–" if number is None else form.format(number).replace("-", "−")


def print_correlations(points, group):
    grokked = [p for p in points if p["grokked"] is not None]
    never = [p for p in points if p["grokked"] is None]
    for measure, name in MEASURES:
        alone, all_runs = correlate(points, measure)
        middle = [statistics.median(p[measure] for p in part) if part else None for part in (grokked, never)]
        print(f"| {group} | {name} | {told(alone, '{:.2f}')} ({len(grokked)}) | {told(all_runs, '{:.2f}')} "
              f"({len(points)}) | {told(middle[0], '{:.3g}')} | {told(middle[1], '{:.3g}')} |")


def print_prediction(arguments):
    cells = read_cells(arguments.folder)
    points, left_out = read_points(cells, arguments.by)
    never = sum(p["grokked"] is None for p in points)
    print(f"{len(points)} runs, of which {len(points) - never} grokked and {never} did not until their last step. " +
          "".join(f"Left out: {n} that {why}. " for why, n in sorted(left_out.items())) +
          "Spearman's rank correlation with the grokking step (number of runs); negative: the more of it, the sooner.\n")
    print(f"| {arguments.by} | mean of Q and K while memorised, to twice that step | those that grokked "
          "| all, never grokked ranked last | median where it grokked | and where it never did |")
    print("| --- | --- | --- | --- | --- | --- |")
    print_correlations(points, "all")
    groups = sorted({p["group"] for p in points})
    for group in groups if len(groups) > 1 else []:
        print_correlations([p for p in points if p["group"] == group], group)
    if arguments.svg:
        from scatter import write_scatter
        write_scatter(arguments.svg, points, [MEASURES[0], MEASURES[1]], correlate)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    table = verbs.add_parser("table", help="grokked, median grokking step and accuracy over two keys")
    table.add_argument("folder")
    table.add_argument("--rows", required=True, metavar="KEY")
    table.add_argument("--columns", required=True, metavar="KEY")
    table.add_argument("--where", action="append", default=[], metavar="KEY=VALUE", help="these runs alone")
    table.set_defaults(run=print_table)
    predict = verbs.add_parser("predict", help="turn, rank and norm as predictors of the grokking step")
    predict.add_argument("folder", nargs="+")
    predict.add_argument("--by", default="decay.kind", metavar="KEY", help="given apart too, and told apart in the picture")
    predict.add_argument("--svg", metavar="FILE", help="the runs as points")
    predict.set_defaults(run=print_prediction)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
