#!/usr/bin/env python3
"""When do the runs of a sweep grok? Survival analysis of their results; needs SciPy and statsmodels.

  survival.py medians FOLDER... --arm KEY[,KEY...] [--where KEY=VALUE]... [--svg FILE]
  survival.py contrasts FOLDER... --arm KEY[,KEY...] --pair A:B... [--seed KEY,KEY] [--where KEY=VALUE]...
  survival.py pack FOLDER CSV          every result of a sweep in one table
  survival.py unpack CSV FOLDER        and back: `lrdlab sweep SPEC --out FOLDER` then makes only the cells that are missing

FOLDER is that of a `lrdlab sweep`. An arm is named by the values of its keys, with commas between them (lrd,0.5); a key is a
setting, or `twin`, which is a or b where a result holds both arms of a twin. Markdown goes to stdout.

The end point is the first of two evaluations in a row with 99% or more of the unseen pairs right, whether that is late
(grokked) or soon (generalised): both count. A run that did not get there until its last step is censored at that step. So
no run is left out, and a median is never one of the survivors alone: it is Kaplan and Meier's, with its 95% interval (log-log),
and where fewer than half of the runs got there it is "> the last step".

contrasts: log-rank tests of the pairs of arms, p adjusted by Holm's method over all pairs of the call; and, over runs with the
same seeds (--seed, by default task.seed,model.seed,train.seed), how often the one was sooner than the other.
"""

import argparse
import csv
import json
import math
import os
import sys


def stop(words):
    sys.exit(f"survival.py: {words}")


try:
    import numpy
    from scipy.stats import binomtest
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff
    from statsmodels.stats.multitest import multipletests
except ImportError as missing:
    stop(f"{missing.name} is missing; on Debian: apt-get install python3-scipy python3-statsmodels, then /usr/bin/python3 {sys.argv[0]}")

SEEDS = "task.seed,model.seed,train.seed"


# ---- Reading


def result_files(folder):
    if not os.path.isdir(folder):
        stop(f"{folder} is no folder; make it with: lrdlab sweep SPEC --out {folder}")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "result.json")
        if os.path.exists(path):
            yield name, path


def read_result(path, **how):
    try:
        with open(path, encoding="utf-8") as file:
            result = json.load(file, **how)
        for arm in arms_of(result):
            arm["settings"]["decay.kind"], arm["grokked"], arm["step"]
        return result
    except (ValueError, KeyError, TypeError):
        stop(f"{path} is not the result of a run")


def arms_of(result):
    """A run by itself, or both arms of a twin."""
    if "a" in result and "b" in result:
        return [dict(result[name], twin=name) for name in ("a", "b")]
    return [result]


def read_runs(folders, where):
    runs = [arm for folder in folders for _, path in result_files(folder) for arm in arms_of(read_result(path))]
    if not runs:
        stop(f"there is no result.json in the cells of {' '.join(folders)}")
    for word in where:
        key, equals, value = word.partition("=")
        if not equals:
            stop(f"--where takes KEY=VALUE, not {word}")
        runs = [run for run in runs if value_of(run, key) == (value,)]
    if not runs:
        stop("no run is left by --where")
    return runs


def value_of(run, keys):
    out = []
    for key in keys.split(","):
        if key == "twin":
            out.append(run.get("twin", "none"))
        elif key in run["settings"]:
            out.append(run["settings"][key])
        else:
            stop(f"there is no setting {key}; lrdlab settings lists them")
    return tuple(out)


def group(runs, keys):
    groups = {}
    for run in runs:
        groups.setdefault(value_of(run, keys), []).append(run)
    return groups


def times(runs):
    """Steps, and 1 where the run got there or 0 where it is censored."""
    got = [run["grokked"] is not None for run in runs]
    steps = [run["grokked"] if there else run["step"] for run, there in zip(runs, got)]
    return numpy.array(steps, float), numpy.array(got, int)


# ---- Medians


def count(step):
    return f"{round(step):,}"


def median_words(runs):
    steps, got = times(runs)
    curve = SurvfuncRight(steps, got) if got.any() else None
    middle = curve.quantile(0.5) if curve else math.inf
    if not math.isfinite(middle):
        return f"> {count(steps.max())}", "–"
    try:
        with numpy.errstate(all="ignore"):  # at a share of 0 or 1 the interval has no width
            low, high = curve.quantile_ci(0.5, method="cloglog")
    except IndexError:  # too few runs for one
        return count(middle), "–"
    lower = count(low) if math.isfinite(low) else "0"
    upper = count(high) if math.isfinite(high) else f"> {count(steps.max())}"
    return count(middle), f"{lower} to {upper}"


def print_medians(runs, keys, svg):
    groups = group(runs, keys)
    print(f"| {keys} | runs | got there | median step | 95% interval |")
    print("| --- | --- | --- | --- | --- |")
    for name in sorted(groups):
        middle, interval = median_words(groups[name])
        there = sum(run["grokked"] is not None for run in groups[name])
        print(f"| {' '.join(name)} | {len(groups[name])} | {there} | {middle} | {interval} |")
    if svg:
        draw(groups, keys, svg)


def draw(groups, keys, path):
    """Kaplan and Meier's curves: the share of runs that have not got there yet."""
    try:
        import matplotlib
    except ImportError:
        stop("matplotlib is missing; on Debian: apt-get install python3-matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "lrdlab", "font.size": 9})
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4))
    styles = ["-", "--", "-.", ":"]
    for i, name in enumerate(sorted(groups)):
        steps, got = times(groups[name])
        x, y = [0.0], [1.0]
        if got.any():
            curve = SurvfuncRight(steps, got)
            x += list(curve.surv_times)
            y += list(curve.surv_prob)
        x.append(steps.max())
        y.append(y[-1])
        axes.step(x, y, where="post", linestyle=styles[i % len(styles)], label=f"{' '.join(name)} ({len(steps)})")
    axes.set(xlabel="step", ylabel="share of runs that have not grokked", ylim=(-0.02, 1.02))
    axes.legend(title=keys, frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


# ---- Contrasts


def sooner_words(one, other, seeds):
    """Runs with the same seeds: a pair in which neither got there, or both at the same step, is a tie."""
    a, b = group(one, seeds), group(other, seeds)
    sooner = later = ties = 0
    for seed in sorted(a.keys() & b.keys()):
        if len(a[seed]) > 1 or len(b[seed]) > 1:
            stop(f"an arm has several runs of the seeds {' '.join(seed)}: name more keys in --arm, or choose with --where")
        x, y = (run["grokked"] if run["grokked"] is not None else math.inf for run in (a[seed][0], b[seed][0]))
        sooner, later, ties = sooner + (x < y), later + (x > y), ties + (x == y)
    if sooner + later == 0:
        return f"0 : 0 ({ties} ties)", "–"
    p = binomtest(sooner, sooner + later).pvalue
    return f"{sooner} : {later} ({ties} ties)", f"{p:.2g}"


def print_contrasts(runs, keys, pairs, seeds):
    groups = group(runs, keys)
    found = []
    for pair in pairs:
        names = [tuple(part.split(",")) for part in pair.split(":")]
        if len(names) != 2:
            stop(f"--pair takes A:B, not {pair}")
        for name in names:
            if name not in groups:
                stop(f"no run is of {','.join(name)}; there are: {' '.join(','.join(n) for n in sorted(groups))}")
        found.append((pair, groups[names[0]], groups[names[1]]))
    p_values = []
    for _, one, other in found:
        steps, got = times(one + other)
        side = numpy.array([0] * len(one) + [1] * len(other))
        p_values.append(survdiff(steps, got, side)[1] if got.any() else 1.0)
    adjusted = multipletests(p_values, method="holm")[1]
    print("| contrast | medians | log-rank p | Holm | sooner : later, same seeds | sign test p |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (pair, one, other), p, holm in zip(found, p_values, adjusted):
        sooner, sign = sooner_words(one, other, seeds)
        print(f"| {pair} | {median_words(one)[0]} : {median_words(other)[0]} | {p:.2g} | {holm:.2g} | {sooner} | {sign} |")


# ---- One table of all results, and back


class Literal(str):
    """A number as the file writes it: no digit is lost on the way through a table."""


def flatten(value, path, out):
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(inner, f"{path}/{key}" if path else key, out)
    else:
        out[path] = str(value) if isinstance(value, Literal) else json.dumps(value, ensure_ascii=False)


def pack(folder, table):
    rows, columns = [], {}
    for name, path in result_files(folder):
        row = {"cell": name}
        flatten(read_result(path, parse_float=Literal, parse_int=Literal), "", row)
        columns.update(dict.fromkeys(row))
        rows.append(row)
    if not rows:
        stop(f"there is no result.json in the cells of {folder}")
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} results in {table}", file=sys.stderr)


def nest(row):
    out = {}
    for path, literal in row.items():
        if literal == "" or path == "cell":
            continue
        *outer, last = path.split("/")
        inner = out
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = literal
    return out


def text_of(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text_of(inner)}" for key, inner in value.items()) + "}"
    return value


def unpack(table, folder):
    made = 0
    with open(table, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row.get("cell") or ""
            if not name or "/" in name or name.startswith(".") or None in row:
                stop(f"{table} has a row that names no cell: {name!r}")
            path = os.path.join(folder, name, "result.json")
            if os.path.exists(path):
                continue
            text = text_of(nest(row)) + "\n"
            try:
                json.loads(text)
            except ValueError:
                stop(f"{table}: the row of {name} is not what pack wrote")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8") as out:
                out.write(text)
            made += 1
    print(f"{made} results in {folder}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("medians", "contrasts"):
        p = verbs.add_parser(verb)
        p.add_argument("folders", nargs="+")
        p.add_argument("--arm", required=True)
        p.add_argument("--where", action="append", default=[])
        if verb == "medians":
            p.add_argument("--svg")
        else:
            p.add_argument("--pair", action="append", required=True)
            p.add_argument("--seed", default=SEEDS)
    for verb, first, second in (("pack", "folder", "table"), ("unpack", "table", "folder")):
        p = verbs.add_parser(verb)
        p.add_argument(first)
        p.add_argument(second)
    a = parser.parse_args()
    if a.verb == "medians":
        print_medians(read_runs(a.folders, a.where), a.arm, a.svg)
    elif a.verb == "contrasts":
        print_contrasts(read_runs(a.folders, a.where), a.arm, a.pair, a.seed)
    elif a.verb == "pack":
        pack(a.folder, a.table)
    else:
        unpack(a.table, a.folder)


if __name__ == "__main__":
    main()
