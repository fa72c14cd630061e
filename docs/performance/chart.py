#!/usr/bin/env python3
"""Draws chart.svg from figures.json, which the benchmark wrote. Same figures, same bytes.

    cargo bench -p vizard-tests --bench sanitize -- --json docs/performance/figures.json
    python3 docs/performance/chart.py

Throughput of pages of 300 records, a group of bars for each kind of page, on a logarithmic axis. Readable on light
and dark pages; a viewer that does not tell which it is gets the light one.
"""

import json
import math
from datetime import datetime, timezone
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
RECORDS = 300

# The name in the figures, the name in the chart, the class of its bar.
BARS = [
    ("memcpy", "memcpy of the body", "copy"),
    ("floor", "floor: reading and cryptography", "floor"),
    ("sanitize", "vizard sanitize", "ours"),
    ("tree", "vizard, tree executor", "tree"),
    ("jsonpath-rust", "jsonpath-rust, only finding", "library"),
    ("jsonpath-rust rewriting", "jsonpath-rust, rewriting too", "library"),
]

WIDTH, MARGIN = 900, 24
LEFT, RIGHT = 236, 836  # where the axis begins and ends
TOP, BAR, STEP, HEADING, GAP = 112, 14, 18, 24, 14

STYLE = """
text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 }
.group { font-size: 13px; font-weight: 600 }
.soft { fill: #59636e }
.end { text-anchor: end }
.middle { text-anchor: middle }
.strong { font-weight: 600 }
.paper { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.copy { fill: #c8d1da }
.floor { fill: #818b98 }
.ours { fill: #0969da }
.tree { fill: #80b3ee }
.library { fill: #c98a2b }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .soft { fill: #9198a1 }
  .paper { fill: #0d1117 }
  .grid { stroke: #3d444d }
  .copy { fill: #3d444d }
  .floor { fill: #8b949e }
  .ours { fill: #4493f8 }
  .tree { fill: #1f4f8f }
  .library { fill: #d29922 }
}
"""


def main():
    figures = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
    pages = [page for page in figures["pages"] if page["records"] == RECORDS]
    if not pages:
        raise SystemExit(f"figures.json holds no page of {RECORDS} records: run the benchmark without --only")
    (HERE / "chart.svg").write_text(chart(figures, pages), encoding="utf-8")


def chart(figures, pages):
    speeds = [[speed(page, name) for name, _, _ in BARS] for page in pages]
    slowest, fastest = min(map(min, speeds)), max(map(max, speeds))
    decades = range(math.floor(math.log10(slowest)), math.ceil(math.log10(fastest)) + 1)
    group = HEADING + len(BARS) * STEP + GAP
    bottom = TOP + len(pages) * group
    height = bottom + 64

    def x(value):
        share = (math.log10(value) - decades[0]) / (decades[-1] - decades[0])
        return LEFT + share * (RIGHT - LEFT)

    day = datetime.fromtimestamp(figures["taken_at"], timezone.utc).strftime("%Y-%m-%d")
    title = f"Sanitizing a page of {RECORDS} records"
    subtitle = [
        f"Megabytes of the body a second on one core, more is better. Medians, {day}, {figures['processor']}.",
        "The floor reads the body and makes the bare pseudonyms; it looks at no rule and writes nothing.",
        "jsonpath-rust reads the body and finds what the paths reach that it can express, or also rewrites that.",
    ]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' role="img" aria-labelledby="title about">',
        f'<title id="title">{title}: throughput in MB/s</title>',
        f'<desc id="about">{escape(described(pages, speeds))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        text(MARGIN, 34, title, "title"),
        *(text(MARGIN, 56 + 17 * line, words, "soft") for line, words in enumerate(subtitle)),
    ]
    for decade in decades:
        out.append(text(x(10**decade), bottom + 18, f"{10**decade:,}", "soft middle"))
    out.append(text((LEFT + RIGHT) / 2, bottom + 40, "MB/s, logarithmic", "middle"))

    for index, (page, values) in enumerate(zip(pages, speeds)):
        y = TOP + index * group + 14
        out.append(text(MARGIN, y, f"{page['kind']}: {page['about']}", "group"))
        y += HEADING - 14
        for at in (x(10**decade) for decade in decades):
            end = y + len(BARS) * STEP
            out.append(f'<line class="grid" x1="{at:.1f}" y1="{y - 3}" x2="{at:.1f}" y2="{end}"/>')
        for (name, label, kind), value in zip(BARS, values):
            middle = y + BAR - 3
            strong = " strong" if name == "sanitize" else ""
            out.append(text(LEFT - 8, middle, label, "end soft" if not strong else "end" + strong))
            width = max(x(value) - LEFT, 1)
            out.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="1.5"/>')
            out.append(text(x(value) + 6, middle, f"{value:,.0f}", strong.strip()))
            y += STEP
    out.append("</svg>")
    return "\n".join(out) + "\n"


def speed(page, name):
    """Megabytes a second; the figures hold nanoseconds."""
    return page["bytes"] * 1000 / page["times"][name]["median"]


def described(pages, speeds):
    """The chart in words, for those who cannot see it."""
    parts = []
    for page, values in zip(pages, speeds):
        bars = ", ".join(f"{label} {value:,.0f}" for (_, label, _), value in zip(BARS, values))
        parts.append(f"{page['kind']}: {bars}.")
    return " ".join(parts)


def text(x, y, words, kind=""):
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


if __name__ == "__main__":
    main()
