"""The dashboard and the alerts use only metrics that the application exports."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from exported_metrics import exported, families, labels_in, metrics_in  # noqa: F401 - a fixture
from fastapi.testclient import TestClient

from api.http.app import create_app
from api.service import Service
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

DEPLOY = Path(__file__).parents[1] / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/snapcite.json").read_text(encoding="utf-8"))
PROMETHEUS = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in PANELS for target in panel["targets"]
]

TARGET_LABELS = {"instance", "job"}
"""What Prometheus itself adds to every series."""


@pytest.mark.parametrize(
    ("expression", "metrics", "labels"),
    [
        ('up{job="snapcite"} == 0', {"up"}, {"job"}),
        ('sum by (a, b) (rate(x_total{c=~"5"}[5m])) / y > 0.02', {"x_total", "y"}, {"a", "b", "c"}),
        ("histogram_quantile(0.99, sum by (le) (rate(z_bucket[$__rate_interval])))",
         {"z_bucket"}, {"le"}),
        ('m / (m offset 6h) or vector(0) / on (d) n{k!="total"}', {"m", "n"}, {"d", "k"}),
    ],
)  # fmt: skip
def test_expressions_are_read(expression, metrics, labels):
    assert metrics_in(expression) == metrics
    assert labels_in(expression) == labels


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_and_label_that_is_asked_for_is_exported(exported, expression):  # noqa: F811
    metrics = metrics_in(expression)
    assert metrics
    assert metrics <= set(exported)
    known = set().union(*(exported[name] for name in metrics))
    assert labels_in(expression) <= known | TARGET_LABELS


def test_every_metric_of_ours_is_on_the_dashboard(exported):  # noqa: F811
    shown = set().union(*(metrics_in(expression) for expression in EXPRESSIONS))
    assert families(exported) == families(shown)


def test_label_values_that_are_asked_for_exist(index, encoder):
    app = create_app(Service(Pipeline(index, encoder, ExtractiveReader())))
    client = TestClient(app)
    client.post("/v1/ask", data={"question": "When was the Clock Tower completed?"})
    text = client.get("/metrics").text
    for expression in EXPRESSIONS:
        for label, value in re.findall(r'\b(route|verdict)\s*!?="([^"]*)"', expression):
            assert f'{label}="{value}"' in text


def test_alerts_say_what_is_wrong_and_how_bad():
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "description"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_prometheus_scrapes_the_api_and_loads_the_alerts():
    jobs = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
    compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text(encoding="utf-8"))

    assert jobs["snapcite"]["metrics_path"] == "/metrics"
    for job in jobs.values():
        (target,) = job["static_configs"][0]["targets"]
        assert target.split(":")[0] in compose["services"]
    for name in PROMETHEUS["rule_files"]:
        assert (DEPLOY / "prometheus" / name).is_file()


def boxes(panels) -> Iterator[tuple[int, int, int, int]]:
    for panel in panels:
        at = panel["gridPos"]
        yield at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"]


def test_the_dashboard_has_the_shape_that_grafana_reads():
    assert DASHBOARD["uid"] == "snapcite"
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    provisioned = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8")
    )
    uids = {source["uid"] for source in provisioned["datasources"]}
    for panel in PANELS:
        assert panel["type"] in ("stat", "timeseries", "table")
        assert panel["title"]
        assert panel["datasource"]["uid"] in uids
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    placed = list(boxes(DASHBOARD["panels"]))
    assert all(0 <= left < right <= 24 for left, _, right, _ in placed)
    for number, (left, top, right, bottom) in enumerate(placed):
        for a, b, c, d in placed[:number]:
            assert left >= c or right <= a or top >= d or bottom <= b, "panels overlap"


def test_grafana_loads_dashboards_from_where_they_are_mounted():
    compose = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text(encoding="utf-8"))
    providers = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/snapcite.yml").read_text(encoding="utf-8")
    )
    mounted = {
        place: DEPLOY.parent / source
        for source, place, *_ in (
            volume.split(":") for volume in compose["services"]["grafana"]["volumes"]
        )
    }
    for provider in providers["providers"]:
        folder = mounted[provider["options"]["path"]]
        assert list(folder.glob("*.json"))
