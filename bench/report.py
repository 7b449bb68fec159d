"""Results as text: a line for a cell, the table of targets."""

import statistics

import suite
import targets

# What two runs of the same library differ by.
NOISE = 0.03


def number(value, digits=0):
    """1234567 as 1.23 M: as many digits as can be told from noise."""
    for factor, letter in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= factor:
            return "%.3g%s" % (value / (1e3 if letter == " k" else factor), letter)
    return "%.*f" % (digits, value)


def median_of(results, who, metric):
    values = [r[metric] for r in results.get(who, ()) if metric in r]
    return statistics.median(values) if values else None


def spread(values):
    return "%.2f (%.2f to %.2f)" % (statistics.median(values), min(values), max(values))


def problems(results):
    """Errors and losses."""
    found = []
    for who, runs in results.items():
        errors = [r["error"] for r in runs if "error" in r]
        lost = sum(r.get("lost", 0) for r in runs)
        if errors:
            found.append("%s: %d of %d runs failed: %s" % (who, len(errors), len(runs), errors[0]))
        if lost:
            found.append("%s: lost %d" % (who, lost))
    return found


def cell_lines(cell, results):
    """A ratio with both values for each metric; what the others reached in the first one."""
    parts = []
    for metric in cell.metrics:
        unit, _, digits = suite.METRICS[metric]
        values = targets.ratios(results, metric)
        both = [median_of(results, who, metric) for who in ("ours", "reference")]
        if None in both:
            continue
        parts.append("%s %s  %s : %s" % (unit, spread(values) if values else "-",
                                         *(number(v, digits) for v in both)))
    others = [who for who in results if who not in ("ours", "reference")]
    metric = cell.metrics[0]
    beside = ["%s %s" % (who, number(value, suite.METRICS[metric][2])) for who in others
              if (value := median_of(results, who, metric)) is not None]
    if beside:
        parts.append(", ".join(beside))
    lines = ["%-34s %s" % (cell.name, " | ".join(parts) or "nothing measured")]
    return lines + ["    " + text for text in problems(results)]


def slower_cells(measured):
    """(cell, metric, ratios) of what is worse than the reference, by more than noise."""
    found = []
    for cell, results in measured:
        for metric in cell.metrics:
            values = targets.ratios(results, metric)
            if not values or metric not in suite.DECISIVE:
                continue
            median = statistics.median(values)
            if median < 1 - NOISE if cell.is_more_better(metric) else median > 1 + NOISE:
                found.append((cell, metric, values))
    return found


def target_rows(measured):
    """(verdict, target, ratio and range, the worst cell) of every target that was measured."""
    for target in targets.TARGETS:
        worst = target.worst(measured)
        text = "%s %gx" % (target.bound, target.value)
        if worst is None:
            yield "-", target.text, text, "not measured", ""
            continue
        values, cell = worst
        yield ("met" if target.is_met(values) else "NOT MET"), target.text, text, \
            spread(values), cell.name


def target_table(measured, is_partial=False):
    lines = ["%-8s %-40s %-14s %-22s %s" % ("", "target", "", "median (range)", "worst cell")]
    lines += ["%-8s %-40s %-14s %-22s %s" % row for row in target_rows(measured)
              if row[0] != "-" or not is_partial]
    slower = slower_cells(measured)
    lines.append("%-8s %-40s %-14s %d of %d cells" % (
        "NOT MET" if slower else "met", "no cell slower than the reference", "", len(slower),
        len(measured)))
    lines += ["         slower: %s, %s %s" % (cell.name, suite.METRICS[metric][0], spread(values))
              for cell, metric, values in slower]
    return lines
