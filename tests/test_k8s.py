"""The Kubernetes manifests: valid, hardened, in agreement with each other and the application."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from api.access.guard import OPEN_FOLDERS, OPEN_PATHS
from api.settings import Settings

BASE = Path(__file__).parents[1] / "deploy" / "k8s"
KUSTOMIZATION = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
MANIFESTS = [
    manifest
    for name in KUSTOMIZATION["resources"]
    for manifest in yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))
]
VERSIONS = ("1.31", kubernetes_validate.latest_version())


def kind(name: str) -> dict[str, dict[str, Any]]:
    """The manifests of a kind, by name."""
    return {m["metadata"]["name"]: m for m in MANIFESTS if m["kind"] == name}


WORKLOADS = kind("Deployment") | kind("StatefulSet")
PODS = {name: workload["spec"]["template"] for name, workload in WORKLOADS.items()}
API = PODS["api"]["spec"]["containers"][0]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}"
)
def test_it_keeps_to_the_schema(manifest, version):
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validator_would_see_a_wrong_field():
    wrong = {**kind("Service")["api"], "spec": {"portz": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_every_file_is_a_resource():
    others = {"kustomization.yaml", "adapter-rules.yaml"}
    assert {path.name for path in BASE.glob("*.yaml")} - others == set(KUSTOMIZATION["resources"])


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kustomize_builds_it_with_our_image():
    built = subprocess.run(
        ["kubectl", "kustomize", BASE], capture_output=True, text=True, check=True, timeout=60
    )
    manifests = list(yaml.safe_load_all(built.stdout))
    for manifest in manifests:
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)
    (api,) = [m for m in manifests if m["kind"] == "Deployment" and m["metadata"]["name"] == "api"]
    image = api["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "registry.example/snapcite:0.1.0"


@pytest.mark.parametrize("name", WORKLOADS)
def test_pods_run_as_nobody_with_what_they_need(name):
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["requests"]
        assert "memory" in container["resources"]["limits"]
        assert {"readinessProbe", "livenessProbe"} <= set(container)
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            how = container.get(probe, {})
            target = how.get("httpGet") or how.get("tcpSocket")
            assert target is None or target["port"] in ports
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        claims = WORKLOADS[name]["spec"].get("volumeClaimTemplates", [])
        given = {volume["name"] for volume in spec["volumes"]}
        assert mounted == given | {claim["metadata"]["name"] for claim in claims}
        tagged = container["image"].rpartition(":")[2]
        assert container["image"] == "snapcite" or tagged.lstrip("v")[0].isdigit()


@pytest.mark.parametrize("name", WORKLOADS)
def test_selectors_find_their_pods(name):
    assert WORKLOADS[name]["spec"]["selector"]["matchLabels"].items() <= (
        PODS[name]["metadata"]["labels"].items()
    )


@pytest.mark.parametrize("name", kind("Service"))
def test_services_lead_to_ports_of_pods(name):
    spec = kind("Service")[name]["spec"]
    (pod,) = [
        p for p in PODS.values() if spec["selector"].items() <= p["metadata"]["labels"].items()
    ]
    names = {port["name"] for container in pod["spec"]["containers"] for port in container["ports"]}
    assert {port["targetPort"] for port in spec["ports"]} <= names


def test_the_api_gets_only_settings_and_drains_within_its_grace():
    settings = kind("ConfigMap")["snapcite"]["data"]
    known = {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields}
    assert set(settings) <= known | {"SNAPCITE_SECRETS_DIR"}
    assert all(isinstance(value, str) for value in settings.values())
    assert "SNAPCITE_INSECURE_OPEN" not in settings
    grace = PODS["api"]["spec"]["terminationGracePeriodSeconds"]
    assert float(settings["SNAPCITE_SHUTDOWN_GRACE"]) < grace
    mounts = {mount["mountPath"] for mount in API["volumeMounts"]}
    assert settings["SNAPCITE_SECRETS_DIR"] in mounts
    assert settings["SNAPCITE_KEYS_FILE"].rpartition("/")[0] in mounts
    assert settings["SNAPCITE_ENCODERS"].startswith("/models")


def test_the_api_reaches_servers_that_there_are():
    settings = kind("ConfigMap")["snapcite"]["data"]
    for variable in ("SNAPCITE_INDEX", "SNAPCITE_READER_URL"):
        host, _, rest = settings[variable].removeprefix("http://").partition(":")
        ports = kind("Service")[host]["spec"]["ports"]
        assert int(rest.partition("/")[0]) in {port["port"] for port in ports}
    served = PODS["vllm"]["spec"]["containers"][0]["args"]
    assert f"--served-model-name={settings['SNAPCITE_READER_MODEL']}" in served


def test_the_api_answers_to_the_names_that_it_is_called_by():
    settings = kind("ConfigMap")["snapcite"]["data"]
    allowed = set(settings["SNAPCITE_ALLOWED_HOSTS"].split(","))
    called = {rule["host"] for rule in kind("Ingress")["api"]["spec"]["rules"]}
    assert called | {"api", "localhost", "127.0.0.1"} <= allowed
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert set(API[probe]["httpGet"]) == {"path", "port"}  # by the pod's own address


def test_the_api_has_the_memory_that_it_may_need():
    assert API["resources"]["requests"]["memory"] == "1536Mi"  # 1 GiB at most, and half of it again
    assert API["resources"]["limits"]["memory"] == "4Gi"


def test_probes_need_no_key():
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert API[probe]["httpGet"]["path"] in OPEN_PATHS


def test_secrets_are_referenced_and_never_written_here():
    assert not kind("Secret")
    text = "".join(path.read_text(encoding="utf-8") for path in BASE.glob("*.yaml"))
    assert "stringData" not in text
    readme = (BASE / "README.md").read_text(encoding="utf-8")
    referenced = set(_secret_names(MANIFESTS))
    assert referenced == {"snapcite", "snapcite-keys", "redis", "snapcite-tls"}
    for name in referenced:
        assert f"secret generic {name} " in readme or f"secret tls {name} " in readme


def _secret_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "secretName" in node:
            yield node["secretName"]
        if "secretKeyRef" in node:
            yield node["secretKeyRef"]["name"]
        for value in node.values():
            yield from _secret_names(value)
    elif isinstance(node, list):
        for item in node:
            yield from _secret_names(item)


def test_the_autoscaler_follows_a_metric_that_is_exported_and_made_a_pod_s():
    from exported_metrics import metrics_in

    (metric,) = kind("HorizontalPodAutoscaler")["api"]["spec"]["metrics"]
    name = metric["pods"]["metric"]["name"]
    rules = yaml.safe_load((BASE / "adapter-rules.yaml").read_text(encoding="utf-8"))["rules"]
    (rule,) = rules["custom"]
    assert rule["name"]["as"] == name
    assert metrics_in(rule["seriesQuery"]) == {name}
    target = kind("HorizontalPodAutoscaler")["api"]["spec"]["scaleTargetRef"]
    assert target["name"] in kind(target["kind"])


def test_disruptions_leave_a_majority_of_qdrant_and_one_api():
    budgets = kind("PodDisruptionBudget")
    assert budgets["api"]["spec"]["minAvailable"] >= 1
    replicas = WORKLOADS["qdrant"]["spec"]["replicas"]
    assert replicas - budgets["qdrant"]["spec"]["maxUnavailable"] > replicas / 2


def test_vllm_has_a_gpu_and_models_are_only_read():
    resources = PODS["vllm"]["spec"]["containers"][0]["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "1"
    assert kind("PersistentVolumeClaim")["models"]["spec"]["accessModes"] == ["ReadOnlyMany"]
    for pod in PODS.values():
        for container in pod["spec"]["containers"]:
            for mount in container["volumeMounts"]:
                assert mount["name"] != "models" or mount["readOnly"] is True


GPU = BASE.parent / "k8s-gpu"
FOR_GPUS = {
    path.name: list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    for path in GPU.glob("*.yaml")
}


def test_the_gpu_overlay_changes_what_there_is():
    (overlay,) = FOR_GPUS["kustomization.yaml"]
    assert (GPU / overlay["resources"][0]).resolve() == BASE
    assert overlay["images"][0]["newTag"] == "0.1.0-gpu"
    for patch in overlay["patches"]:
        (change,) = FOR_GPUS[patch["path"]]
        assert change["metadata"]["name"] in kind(change["kind"])
    (api,) = FOR_GPUS["api.yaml"]
    (container,) = api["spec"]["template"]["spec"]["containers"]
    assert container["name"] == API["name"]
    resources = container["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "1"
    (settings,) = FOR_GPUS["settings.yaml"]
    assert set(settings["data"]) <= {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", FOR_GPUS["models-pull.yaml"], ids=lambda each: each["kind"])
def test_filling_the_volume_keeps_to_the_schema(manifest, version):
    kubernetes_validate.validate(manifest, version, strict=True)


def test_filling_the_volume_puts_models_where_they_are_looked_for():
    job = FOR_GPUS["models-pull.yaml"][0]["spec"]["template"]["spec"]
    containers = [*job["initContainers"], *job["containers"]]
    for container in containers:
        assert container["args"][:2] == ["models", "pull"]
        assert "--yes" in container["args"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
    places = [arg for each in containers for arg in each["args"] if arg.startswith("--to=")]
    encoders = kind("ConfigMap")["snapcite"]["data"]["SNAPCITE_ENCODERS"]
    (settings,) = FOR_GPUS["settings.yaml"]
    served = PODS["vllm"]["spec"]["containers"][0]["args"][0]
    assert places == [f"--to={encoders}/{settings['data']['SNAPCITE_ENCODER']}", f"--to={served}"]


def test_the_ingress_leads_to_the_page_and_the_api_and_not_to_metrics():
    (rule,) = kind("Ingress")["api"]["spec"]["rules"]
    paths = {(path["path"], path["pathType"]) for path in rule["http"]["paths"]}
    assert ("/", "Exact") in paths
    assert ("/", "Prefix") not in paths
    assert not [path for path, _ in paths if "/metrics".startswith(path) and path != "/"]
    prefixes = {path for path, how in paths if how == "Prefix"}
    assert {folder.rstrip("/") for folder in OPEN_FOLDERS} <= prefixes
    hosts = {host for tls in kind("Ingress")["api"]["spec"]["tls"] for host in tls["hosts"]}
    assert rule["host"] in hosts


def test_what_is_not_listed_reaches_nothing():
    policies = kind("NetworkPolicy")
    assert policies["nothing-else"]["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    for name in WORKLOADS:
        chosen = policies[name]["spec"]["podSelector"]["matchLabels"]
        assert chosen.items() <= PODS[name]["metadata"]["labels"].items()
        assert policies[name]["spec"]["ingress"]
