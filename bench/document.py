"""docs/performance.md: the tables between its markers, and the plots, from a saved run."""

import json
import os
import re
import shutil
import statistics
import subprocess

import instructions
import programs
import report
import suite
import syscalls

DOCS = os.path.join(programs.HERE, "..", "docs")
PAGE = os.path.join(DOCS, "performance.md")
PLOTS = os.path.join(DOCS, "performance")
LINES = ("ours", "reference", "nng", "nanomsg", "raw")
STYLES = {"ours": "rgb '#c0392b'", "reference": "rgb '#2c3e50'", "nng": "rgb '#2980b9'",
          "nanomsg": "rgb '#e67e22'", "raw": "rgb '#7f8c8d' dashtype 2"}
# file: title, cell, metric, unit, the options that choose the cells
FIGURES = {
    "throughput-%s": ("PUSH to PULL over %s, two cores", "throughput", "rate",
                      "messages per second", {"placement": "two"}),
    "round-trip-%s": ("REQ and REP over %s, one core", "round_trip", "p50_us", "microseconds, p50",
                      {"placement": "one", "type": "req"}),
}


def load(path):
    """(what is told about the run, [(cell, results)])"""
    with open(path, encoding="utf-8") as file:
        saved = json.load(file)
    fields = suite.Cell.__dataclass_fields__
    measured = [(suite.Cell(**{k: v for k, v in entry.items() if k in fields}), entry["results"])
                for entry in saved["cells"]]
    return saved, measured


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(v) for v in row) + " |" for row in rows])


def targets_table(measured):
    rows = [(text, bound, values, cell, verdict)
            for verdict, text, bound, values, cell in report.target_rows(measured)]
    slower = ["%s (%s %s)" % (cell.name, suite.METRICS[metric][0], report.spread(values))
              for cell, metric, values in report.slower_cells(measured)]
    return "%s\n\nSlower than the reference: %s." % (
        table(("what", "target", "median ratio (range)", "worst cell", ""), rows),
        "; ".join(slower) or "none of the %d cells" % len(measured))


def cells_table(measured):
    rows = []
    for cell, results in measured:
        for metric in cell.metrics:
            unit, _, digits = suite.METRICS[metric]
            values = report.targets.ratios(results, metric)
            medians = [report.median_of(results, who, metric) for who in LINES]
            if any(m is not None for m in medians):
                rows.append((cell.name, unit, report.spread(values) if values else "",
                             *("" if m is None else report.number(m, digits) for m in medians)))
    return table(("cell", "", "ratio (range)", *LINES), rows)


def syscalls_table(tools):
    why = syscalls.why_not()
    if why:
        return "Not counted: %s." % why
    return table(("library", "transport", "system calls", "by which end"),
                 [(who, transport, "%.1f" % total, words)
                  for who, transport, total, words in syscalls.rows(tools)])


def instructions_table(tools):
    why = instructions.why_not()
    if why:
        return "Not counted: %s." % why
    ours, reference = (instructions.count(tools, who)
                       for who in (programs.OURS, programs.REFERENCE))
    return table(("path", "ours", "reference", "ratio"),
                 [(path, "%.0f" % ours[path], "%.0f" % reference[path],
                   "%.2f" % (ours[path] / reference[path])) for path in ours])


def series(measured, who, cell_kind, metric, options):
    """[(size, median)] of one line of a plot."""
    points = []
    for cell, results in measured:
        if cell.cell == cell_kind and all(cell.get(k) == v for k, v in options.items()):
            values = [r[metric] for r in results.get(who, ()) if metric in r]
            if values:
                points.append((cell.get("size"), statistics.median(values)))
    return sorted(points)


def plot(path, title, unit, lines):
    """A plot with logarithmic axes, by gnuplot."""
    script = ["set terminal svg size 640,400 font 'sans,12' background 'white'",
              "set output '%s'" % path, "set title '%s'" % title, "set ylabel '%s'" % unit,
              "set xlabel 'bytes of a message'", "set logscale x 2", "set logscale y",
              "set format x '%.0b%B'", "set format y '%.0s%c'", "set grid",
              "set key outside right"]
    for name, points in lines:
        script += ["$%s << EOD" % name, *("%s %s" % point for point in points), "EOD"]
    script.append("plot " + ", ".join(
        "$%s with linespoints linewidth 2 pointtype 7 pointsize 0.5 linecolor %s title '%s'" % (
            name, STYLES[name], name) for name, _ in lines))
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)


def plots(measured):
    """Writes them, and returns the text that shows them."""
    if not shutil.which("gnuplot"):
        return "Not drawn: gnuplot is not installed."
    os.makedirs(PLOTS, exist_ok=True)
    shown = []
    for pattern, (title, kind, metric, unit, options) in FIGURES.items():
        for transport in suite.TRANSPORTS:
            lines = [(who, series(measured, who, kind, metric, dict(options, transport=transport)))
                     for who in LINES]
            lines = [(who, points) for who, points in lines if len(points) > 1]
            if lines:
                name = pattern % transport + ".svg"
                plot(os.path.join(PLOTS, name), title % transport, unit, lines)
                shown.append("![%s](performance/%s)" % (title % transport, name))
    return "\n".join(shown)


def write(path, tools):
    """Puts everything between the markers `<!-- bench NAME -->` and `<!-- end -->`."""
    saved, measured = load(path)
    parts = {
        "machine": "%s. Measured at %s in %d s; %d cells." % (
            saved["machine"], saved["revision"], saved["seconds"], len(measured)),
        "targets": targets_table(measured), "plots": plots(measured),
        "cells": cells_table(measured), "syscalls": syscalls_table(tools),
        "instructions": instructions_table(tools),
    }
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    for name, content in parts.items():
        text, times = re.subn(r"(<!-- bench %s -->\n).*?(<!-- end -->)" % name,
                              lambda m, c=content: m[1] + c + "\n" + m[2], text, flags=re.S)
        if times != 1:
            raise SystemExit("%s: no markers for %s" % (PAGE, name))
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    print("written: %s and %s" % (os.path.relpath(PAGE), os.path.relpath(PLOTS)))
