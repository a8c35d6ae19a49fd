"""An evaluation as one self-contained HTML file: figures, plots, confusions, every failure."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from knowledge.index import View
from search.evaluation.judge import Outcome
from search.evaluation.report.failures import Thumbnails, confusions, failures
from search.evaluation.report.plots import bars, curve, reliability
from search.evaluation.summary import MEASURES
from search.evaluation.systems import FULL, KEYWORDS

_HEADS = (
    "answers_right", "subject_recall_at_1", "exists_accuracy", "year_accuracy",
    "source_accuracy", "wrong_per_100_answered", "false_abstentions", "citation_validity",
)  # fmt: skip
_COMPARED = ("answers_right", "year_accuracy", "wrong_per_100_answered", "abstention_recall")
_GROUPS: Mapping[str, str] = {
    "by_testset": "Test set",
    "by_kind": "Kind of question",
    "by_language": "Language of the question",
    "by_photo": "Photo",
    "by_document_language": "Language of the document",
    "by_crossing": "Across languages",
    "made": "Made questions, to be abstained from",
}


def write_report(
    result: Mapping[str, Any], outcomes: Mapping[str, Sequence[Outcome]], view: View
) -> str:
    """The page of an evaluation.

    Args:
        result: what `snapcite eval --json` prints.
        outcomes: system → outcomes; of the full pipeline every failure is shown.
        view: where the photos of found subjects are read from.
    """
    thumbnails = Thumbnails(view)
    full = outcomes[FULL]
    body = [
        _head(result),
        "<h2>Baselines and ablations</h2>" + _ablations(result),
        "<h2>Confidence</h2>" + _confidence(result),
        "<h2>Groups</h2>" + _groups(result["systems"][FULL]),
        "<h2>Time</h2>" + _latency(result["systems"][FULL]["latency"]),
        "<h2>Subjects taken for one another</h2>" + confusions(full, thumbnails),
        "<h2>Questions that failed</h2>" + failures(full, thumbnails),
    ]
    template = (files("search.evaluation.report") / "page.html").read_text(encoding="utf-8")
    return Template(template).substitute(body="\n".join(body))


def _head(result: Mapping[str, Any]) -> str:
    full = result["systems"][FULL]
    sets = ", ".join(f"{escape(n)} ({count})" for n, count in full_sets(result))
    heads = "".join(
        f'<div class="card"><span class="soft">{MEASURES[name]}</span>'
        f"<b>{_number(full['overall'][name])}</b>"
        f'<span class="soft">{_interval(full["intervals"].get(name))}</span></div>'
        for name in _HEADS
    )
    return (
        f"<h1>SnapCite evaluation</h1>"
        f'<p class="soft">{sets}. Encoder {escape(result["encoder"])}, reader '
        f"{escape(result['reader'])}. Ranges are 95% bootstrap intervals.</p>"
        f'<div class="heads">{heads}</div>'
    )


def full_sets(result: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Name and number of questions of each test set, as in the groups of the full pipeline."""
    groups = result["systems"][FULL]["by_testset"]
    return [(name, measures["questions"]) for name, measures in groups.items()]


def _ablations(result: Mapping[str, Any]) -> str:
    systems = result["systems"]
    plots = "".join(
        f'<div class="card"><h3>{MEASURES[key].capitalize()}</h3>'
        + bars(
            MEASURES[key],
            [
                (name.replace("_", " "), s["overall"][key], s["intervals"].get(key))
                for name, s in systems.items()
            ],
            top=1.0 if key != "wrong_per_100_answered" else 50.0,
        )
        + "</div>"
        for key in _COMPARED
    )
    about = "".join(
        f"<dt>{escape(n.replace('_', ' '))}</dt><dd>{escape(text)}</dd>"
        for n, text in result["about"].items()
    )
    compared = systems[FULL].get("against_keywords")
    line = ""
    if compared and KEYWORDS in systems:
        line = (
            f"<p>Against keywords alone: {compared['difference']:+.3f} answers right "
            f"({_interval(compared['interval'])}); right alone {compared['only_this_right']} to "
            f"{compared['only_other_right']}, McNemar p = {compared['mcnemar_p']:.2g}.</p>"
        )
    return (
        f'{line}<div class="cards">{plots}</div><details><summary>What each does, and all measures'
        f"</summary><dl>{about}</dl>{_table({n: s['overall'] for n, s in systems.items()}, {})}"
        "</details>"
    )


def _confidence(result: Mapping[str, Any]) -> str:
    found = result["systems"][FULL]["calibration"]
    points = [(o["coverage"], o["risk"]) for o in found["risk_coverage"]]
    mark = None if found["coverage"] is None else (found["coverage"], found["risk"] or 0.0)
    threshold = result["threshold"]
    said = "no threshold is set" if threshold is None else f"threshold {threshold:.2f}"
    return (
        '<p class="soft">Over the test sets\' own questions.</p><div class="cards">'
        '<div class="card"><h3>Does the confidence mean what it says?</h3>'
        f"{reliability('calibration', found['bins'])}"
        '<p class="soft">Each dot is a tenth of the scale; larger holds more answers.</p></div>'
        '<div class="card"><h3>Wrong among the answered, by share answered</h3>'
        f"{curve('risk and coverage', points, across='share answered', up='wrong', mark=mark)}"
        f'<p class="soft">The dot is where the pipeline works: {said}.</p></div></div>'
    )


def _groups(full: Mapping[str, Any]) -> str:
    parts = []
    for name, title in _GROUPS.items():
        if full[name]:
            shown = {n: m["intervals"] for n, m in full[name].items()}
            parts.append(
                f"<details{' open' if name == 'by_testset' else ''}><summary>{title}</summary>"
                f"{_table(full[name], shown)}</details>"
            )
    return "".join(parts)


def _latency(stages: Mapping[str, Mapping[str, float]]) -> str:
    if not stages:
        return "<p>Nothing was asked.</p>"
    rows: list[tuple[str, float | None, None]] = []
    for stage, times in stages.items():
        rows += [(f"{stage} p50", 1000 * times["p50_s"], None),
                 (f"{stage} p95", 1000 * times["p95_s"], None)]  # fmt: skip
    top = max(value or 0.0 for _, value, _ in rows)
    return (
        f'<div class="cards"><div class="card"><h3>Milliseconds by stage</h3>'
        f"{bars('milliseconds by stage', rows, top=max(top, 1.001))}</div></div>"
    )


def _table(columns: Mapping[str, Mapping[str, Any]], shown: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in columns)
    rows = "".join(
        f"<tr><td>{label}</td>"
        + "".join(
            f"<td>{_number(measures[key])}"
            f"<small>{_interval((shown.get(name) or {}).get(key))}</small></td>"
            for name, measures in columns.items()
        )
        + "</tr>"
        for key, label in MEASURES.items()
    )
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _number(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _interval(interval: Sequence[float] | None) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
