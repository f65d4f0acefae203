"""The manifests for Kubernetes: valid by its own schemas, each part watched, kept and closed."""

from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from app.cli import COMMANDS
from app.settings import CHECKOUT, Settings
from workers.jobs.kinds import QUEUES

FOLDER = CHECKOUT / "deploy" / "kubernetes"
VERSIONS = ("1.31", "1.33")  # the oldest that the manifests are for, and a later one

Manifest = dict[str, Any]


def manifests() -> Iterator[Manifest]:
    for file in sorted(FOLDER.glob("*.yaml")):
        if file.name != "kustomization.yaml":
            yield from yaml.safe_load_all(file.read_text())


ALL = list(manifests())
DEPLOYMENTS = {one["metadata"]["name"]: one for one in ALL if one["kind"] == "Deployment"}


def of_kind(kind: str) -> list[Manifest]:
    return [one for one in ALL if one["kind"] == kind]


def pods() -> Iterator[Manifest]:
    """What each makes pods of."""
    for one in ALL:
        if one["kind"] == "CronJob":
            yield one["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        elif one["kind"] in ("Deployment", "Job"):
            yield one["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_is_valid_by_the_schemas_of_kubernetes(version: str) -> None:
    for one in ALL:
        kubernetes_validate.validate(one, version, strict=True)


def test_a_word_that_kubernetes_does_not_know_is_found() -> None:
    wrong = DEPLOYMENTS["web"] | {"spec": DEPLOYMENTS["web"]["spec"] | {"replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_the_kustomization_names_every_file() -> None:
    said = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    files = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(said["resources"]) == files


def test_no_pod_is_root_or_writes_where_it_should_not() -> None:
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        [container] = pod["containers"]
        closed = container["securityContext"]
        assert closed["readOnlyRootFilesystem"] is True
        assert closed["allowPrivilegeEscalation"] is False
        assert closed["capabilities"] == {"drop": ["ALL"]}
        assert container["args"][0] in COMMANDS
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])


def test_each_part_is_probed_and_survives_a_drained_node() -> None:
    kept = {
        one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        for one in of_kind("PodDisruptionBudget")
    }
    assert kept == set(DEPLOYMENTS)
    for name, one in DEPLOYMENTS.items():
        [container] = one["spec"]["template"]["spec"]["containers"]
        assert {"startupProbe", "livenessProbe"} <= set(container), name
        assert ("readinessProbe" in container) is (name == "web")
        assert one["spec"]["selector"]["matchLabels"].items() <= (
            one["spec"]["template"]["metadata"]["labels"].items()
        )


def test_every_queue_is_worked_on_and_grows_with_what_waits() -> None:
    assert {f"worker-{queue}" for queue in QUEUES} | {"web", "relay", "cron"} == set(DEPLOYMENTS)
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]: one for one in of_kind("HorizontalPodAutoscaler")
    }
    assert set(scaled) == {name for name in DEPLOYMENTS if name.startswith(("web", "worker"))}
    for queue in QUEUES:
        metrics = scaled[f"worker-{queue}"]["spec"]["metrics"]
        [outside] = [each["external"] for each in metrics if each["type"] == "External"]
        assert outside["metric"]["name"] == "piga_queue_oldest_seconds"
        assert outside["metric"]["selector"]["matchLabels"] == {"queue": queue}


def test_only_the_migration_has_the_owners_password() -> None:
    with_it = [
        pod["containers"][0]["args"]
        for pod in pods()
        for source in pod["containers"][0]["envFrom"]
        if source.get("secretRef", {}).get("name") == "piga-owner"
    ]
    assert with_it == [["migrate"]]
    assert not of_kind("Secret"), "secrets are the platform's"


def test_the_configuration_is_one_that_piga_reads() -> None:
    [said] = of_kind("ConfigMap")
    settings = Settings.load(said["data"])
    assert settings.metrics.endswith(":9464")
    assert not settings.demo


def test_only_the_ingress_and_prometheus_reach_a_pod() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
    assert "ingress" not in policies["nothing-else"]
    opened = {
        name: [port["port"] for rule in spec.get("ingress", ()) for port in rule["ports"]]
        for name, spec in policies.items()
    }
    assert opened == {
        "nothing-else": [],
        "web-from-ingress": [8000],
        "metrics-from-monitoring": [9464],
    }
    for spec in policies.values():
        for rule in spec.get("ingress", ()):
            assert rule["from"], "nobody in particular is everybody"
