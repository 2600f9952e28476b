"""The files that put Gradwalk on more than one machine, each read by the tool it is for."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
COMPOSE, KUBERAY, NGINX = ROOT / "compose.yaml", ROOT / "deploy" / "kuberay.yaml", ROOT / "deploy" / "nginx.conf"
SECRETS = {"GRADWALK_TOKEN": "t" * 20, "RAY_AUTH_TOKEN": "r" * 32, "POSTGRES_PASSWORD": "p"}


def tool(name: str) -> str:
    """A program's path; without it the test is skipped, or fails where GRADWALK_REQUIRE_DEPLOYMENT asks for it."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        unavailable(f"there is no {name} here")
    return str(found)


def unavailable(why: str) -> None:
    """Skips, or fails where the tools must be there."""
    if os.environ.get("GRADWALK_REQUIRE_DEPLOYMENT") == "1":
        pytest.fail(why)
    pytest.skip(why)


def kubernetes() -> list[dict[str, Any]]:
    """The objects for Kubernetes."""
    return list(yaml.safe_load_all(KUBERAY.read_text("utf-8")))


def test_compose_understands_its_file() -> None:
    told = subprocess.run(
        [tool("docker-compose"), "--file", str(COMPOSE), "config"],
        env={**os.environ, **SECRETS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    services = yaml.safe_load(told.stdout)["services"]
    assert (services["web"]["deploy"]["replicas"], services["node"]["deploy"]["replicas"]) == (2, 2)
    assert services["web"]["environment"]["GRADWALK_RUNNER"] == "ray://head:6379"


def test_compose_starts_nothing_without_its_secrets() -> None:
    told = subprocess.run(
        [tool("docker-compose"), "--file", str(COMPOSE), "config"],
        env={name: value for name, value in os.environ.items() if name not in SECRETS},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "write it into .env" in told.stderr


def test_every_image_that_is_built_is_a_target_of_the_dockerfile() -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\w+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE))
    services = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"].values()
    assert {service["build"]["target"] for service in services if "build" in service} == {"web", "node"} <= targets


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    conf = tmp_path / "nginx.conf"
    conf.write_text(NGINX.read_text("utf-8").replace("web:8000", "127.0.0.1:1"), "utf-8")
    told = subprocess.run(
        [tool("nginx"), "-t", "-c", str(conf), "-p", str(tmp_path), "-g", f"pid {tmp_path}/nginx.pid;"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_kubernetes_objects_are_as_its_api_describes_them() -> None:
    try:
        import kubernetes_validate
    except ImportError:
        unavailable("there is no kubernetes-validate here: pip install -e .[deploy]")
    cluster, *others = kubernetes()
    groups = [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "node"}, "spec": group["template"]["spec"]}
        for group in groups
    ]
    for one in (*pods, *others):
        kubernetes_validate.validate(one, "1.31", strict=True)


def test_the_web_servers_on_kubernetes_find_the_cluster_beside_them() -> None:
    cluster, web, service = kubernetes()
    variables = {each["name"]: each for each in web["spec"]["template"]["spec"]["containers"][0]["env"]}
    head = f"{cluster['metadata']['name']}-head-svc:6379"  # what KubeRay calls a cluster's head
    assert (variables["RAY_HEAD"]["value"], variables["GRADWALK_RUNNER"]["value"]) == (head, f"ray://{head}")
    token = {"secretKeyRef": {"name": cluster["metadata"]["name"], "key": "auth_token"}}
    assert variables["RAY_AUTH_TOKEN"]["valueFrom"] == token
    assert service["spec"]["selector"] == web["spec"]["selector"]["matchLabels"]


@pytest.mark.parametrize("path", [COMPOSE, KUBERAY, ROOT / "Dockerfile"], ids=lambda path: path.name)
def test_every_setting_that_is_used_is_one_there_is(path: Path) -> None:
    used = set(re.findall(r"\bGRADWALK_[A-Z_]+[A-Z]", path.read_text("utf-8")))
    known = set(re.findall(r"GRADWALK_[A-Z_]+[A-Z]", (ROOT / "README.md").read_text("utf-8")))
    assert used <= known
