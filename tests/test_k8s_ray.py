"""The RayJob that indexes on Kubernetes: its fields, its pods, and what they may reach.

kubernetes-validate knows no custom resources, so the job's own fields are held to the small schema
below, written from KubeRay's published definition, and its pod templates to the schema of a Pod.
"""

import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from api.settings import Settings

FOLDER = Path(__file__).parents[1] / "deploy" / "k8s-ray"
JOB, *OTHERS = yaml.safe_load_all((FOLDER / "index-job.yaml").read_text(encoding="utf-8"))
CLUSTER = JOB["spec"]["rayClusterSpec"]
HEAD = CLUSTER["headGroupSpec"]["template"]
WORKERS = [group["template"] for group in CLUSTER["workerGroupSpecs"]]
TEMPLATES = [JOB["spec"]["submitterPodTemplate"], HEAD, *WORKERS]
VERSIONS = ("1.31", kubernetes_validate.latest_version())


def fields(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """The schema of an object that has no other fields than these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


TEXT, NUMBER, ANY = {"type": "string"}, {"type": "integer"}, {"type": "object"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
HEAD_GROUP = fields(("template",), serviceType=TEXT, rayStartParams=TEXTS, template=ANY)
WORKER_GROUP = fields(
    ("groupName", "minReplicas", "maxReplicas", "template"),
    groupName=TEXT,
    replicas=NUMBER,
    minReplicas=NUMBER,
    maxReplicas=NUMBER,
    rayStartParams=TEXTS,
    template=ANY,
)
RAY_JOB = fields(
    ("apiVersion", "kind", "metadata", "spec"),
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata=ANY,
    spec=fields(
        ("entrypoint", "rayClusterSpec"),
        entrypoint=TEXT,
        backoffLimit=NUMBER,
        shutdownAfterJobFinishes={"type": "boolean"},
        ttlSecondsAfterFinished=NUMBER,
        submitterPodTemplate=ANY,
        rayClusterSpec=fields(
            ("headGroupSpec",),
            rayVersion=TEXT,
            authOptions=fields(mode={"enum": ["disabled", "token"]}),
            headGroupSpec=HEAD_GROUP,
            workerGroupSpecs={"type": "array", "items": WORKER_GROUP},
        ),
    ),
)


def test_the_job_keeps_to_the_schema():
    jsonschema.validate(JOB, RAY_JOB)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(JOB | {"spec": JOB["spec"] | {"entrypoints": "x"}}, RAY_JOB)


@pytest.mark.parametrize("version", VERSIONS)
def test_pods_and_what_is_beside_keep_to_the_schema(version):
    for template in TEMPLATES:
        pod = {"apiVersion": "v1", "kind": "Pod", **template}
        kubernetes_validate.validate(
            pod | {"metadata": template["metadata"] | {"name": "pod"}}, version, strict=True
        )
    for manifest in OTHERS:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_pods_run_as_nobody_and_tell_nobody():
    for template in TEMPLATES:
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        given = {volume["name"] for volume in spec["volumes"]}
        for container in spec["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]
            env = {variable["name"]: variable["value"] for variable in container["env"]}
            assert env.pop("RAY_USAGE_STATS_ENABLED") == "0"
            known = {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields}
            assert set(env) <= known | {"SNAPCITE_SECRETS_DIR"}
            assert {mount["name"] for mount in container["volumeMounts"]} == given
    assert CLUSTER["authOptions"] == {"mode": "token"}


def test_the_corpus_and_the_secrets_are_the_head_s_alone():
    command = JOB["spec"]["entrypoint"].split()
    mounts = {mount["mountPath"] for mount in HEAD["spec"]["containers"][0]["volumeMounts"]}
    assert command[:4] == ["snapcite", "index", "--cluster", "auto"]
    assert {command[4], "/run/snapcite", "/models"} <= mounts
    assert CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    for worker in WORKERS:
        names = {volume["name"] for volume in worker["spec"]["volumes"]}
        assert names == {"tmp", "shm", "models"}


def test_versions_and_policies_fit():
    dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG RAY=(.+)$", dockerfile, re.MULTILINE)[1] == CLUSTER["rayVersion"]
    labels = HEAD["metadata"]["labels"]
    policies = {m["metadata"]["name"]: m["spec"] for m in OTHERS if m["kind"] == "NetworkPolicy"}
    assert policies["ray-index"]["podSelector"]["matchLabels"] == labels
    assert policies["qdrant-from-ray-index"]["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": labels}}
    ]
