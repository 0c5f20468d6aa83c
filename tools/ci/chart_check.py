#!/usr/bin/env python3
"""Renders a chart with many values and checks what comes of it: chart_check.py <chart> <folder of values>...

Run with the Python of the environment that kubernetes-validate is installed in, and with helm on the path, or at $HELM. Every
object is held against Kubernetes' own schema, strictly; those of other makers against the fields that custom-resources.json
records. And: nothing privileged (Pod Security Standards, restricted, but for ports of the host where the values say so), no image
that moves, no secret value, no key twice, no name or port twice.
"""

import collections
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import kubernetes_validate
import referencing
import yaml

HELM = os.environ.get("HELM", "helm")
VERSION = "1.34"
CUSTOM = json.loads(pathlib.Path(__file__).with_name("custom-resources.json").read_text(encoding="utf-8"))
IMAGE = re.compile(r"^[\w./-]+(:\d+/[\w./-]+)?(:[\w][\w.-]*(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$")
MOVING = re.compile(r":(latest|stable|main|master|edge|nightly)(@|$)")
LABEL = re.compile(r"^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$")


class Strict(yaml.CSafeLoader):
    """Whoever reads a key twice takes one of the two, and not always the same."""


def once(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = [key for key, count in collections.Counter(keys).items() if count > 1]
    if twice:
        raise ValueError(f"line {node.start_mark.line + 1}: {', '.join(map(str, twice))} stands there twice")
    return dict((loader.construct_object(key), loader.construct_object(value, deep=True)) for key, value in node.value)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, once)


SCHEMAS = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{VERSION}.0-local-strict"


@functools.cache
def definitions():
    text = (SCHEMAS / "_definitions.json").read_text(encoding="utf-8")
    return referencing.Resource.from_contents(json.loads(text)) @ referencing.Registry()


@functools.cache
def validator(kind, api_version):
    """Kubernetes' schema of a kind, read once. A group's domain is no part of the file's name."""
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    schema = json.loads((SCHEMAS / f"{kind.lower()}-{group}.json").read_text(encoding="utf-8"))
    registry = referencing.Resource.from_contents(schema) @ definitions()
    return jsonschema.Draft202012Validator(schema, registry=registry)


def paths(value, at=""):
    """Every field of an object, with [] for lists; one that holds nothing ends in a question mark."""
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from paths(inside, f"{at}.{key}" if at else key)
    elif isinstance(value, list) and value:
        for inside in value:
            yield from paths(inside, f"{at}[]")
    else:
        yield f"{at}?" if value in ({}, []) else at


def is_known(path, fields):
    if path.endswith("?"):
        return any(one.startswith((f"{path[:-1]}.", f"{path[:-1]}[]")) for one in fields)
    # What ends in .* is a map that others fill.
    return any(re.fullmatch(re.escape(one).replace(r"\*", ".*"), path) for one in fields)


def custom_faults(thing, known):
    rest = {key: value for key, value in thing.items() if key not in ("apiVersion", "kind", "metadata")}
    fields = [f"spec.{one}" for one in known["fields"]]
    unknown = sorted({path.rstrip("?") for path in paths(rest) if not is_known(path, fields)})
    return [f"{path} is no field of it ({known['source']})" for path in unknown]


def schema_faults(thing):
    known = CUSTOM.get(f"{thing['apiVersion']} {thing['kind']}")
    if known is not None:
        return custom_faults(thing, known)
    try:
        errors = validator(thing["kind"], thing["apiVersion"]).iter_errors(thing)
    except FileNotFoundError:
        return [f"{thing['apiVersion']} {thing['kind']} is of no schema that is known here; add it to custom-resources.json"]
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


def pod_of(thing):
    spec = thing.get("spec", {})
    if thing["kind"] == "Pod":
        return spec
    if thing["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec.get("template", {}).get("spec")


def pod_faults(pod, host_ports):
    faults = []
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        faults.append("the pod may run as root, or without seccomp")
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            faults.append(f"{name} is asked for")
    if any("hostPath" in volume for volume in pod.get("volumes", [])):
        faults.append("a directory of the host is mounted")
    if pod.get("automountServiceAccountToken") is not False and "serviceAccountName" not in pod:
        faults.append("it is given a token that it has no use for")
    containers = [*pod.get("initContainers", []), *pod.get("containers", [])]
    for container in containers:
        name, context, image = container["name"], container.get("securityContext", {}), container["image"]
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            faults.append(f"{name}: may become privileged")
        if context.get("capabilities") != {"drop": ["ALL"]} or context.get("readOnlyRootFilesystem") is not True:
            faults.append(f"{name}: has capabilities, or can write to its image")
        if not IMAGE.match(image) or MOVING.search(image):
            faults.append(f"{name}: the image {image} is not pinned")
        if "memory" not in container.get("resources", {}).get("limits", {}):
            faults.append(f"{name}: has no limit of memory")
        if not host_ports and any("hostPort" in port for port in container.get("ports", [])):
            faults.append(f"{name}: takes a port of the host")
    ports = [(port["containerPort"], port.get("protocol", "TCP")) for one in containers for port in one.get("ports", [])]
    names = [port["name"] for one in containers for port in one.get("ports", []) if "name" in port]
    for twice in (one for found in (ports, names, [c["name"] for c in containers]) for one, n in collections.Counter(found).items() if n > 1):
        faults.append(f"{twice} is there twice")
    return faults


def without_null(value):
    """As Kubernetes has it: a field that is null is not there."""
    if isinstance(value, dict):
        return {key: without_null(inside) for key, inside in value.items() if inside is not None}
    return [without_null(inside) for inside in value] if isinstance(value, list) else value


def object_faults(thing, host_ports):
    faults = schema_faults(thing)
    thing = without_null(thing)
    if thing["kind"] == "Secret":
        faults.append("a secret is rendered; its value would be in the release")
    labels = {**thing["metadata"].get("labels", {}), **thing.get("spec", {}).get("template", {}).get("metadata", {}).get("labels", {})}
    faults += [f"{value} is not the value of a label" for value in labels.values() if not LABEL.match(str(value))]
    pod = pod_of(thing)
    if pod is not None:
        faults += pod_faults(pod, host_ports)
    if thing["kind"] == "Service":
        ports = thing["spec"].get("ports", [])
        for found in ([one["name"] for one in ports], [(one["port"], one.get("protocol", "TCP")) for one in ports]):
            faults += [f"{twice} is there twice" for twice, count in collections.Counter(found).items() if count > 1]
    return faults


def check(chart, values):
    """Faults of what a chart renders with these values, and the number of its objects."""
    given = yaml.load(values.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    host_ports = given.get("p2p", {}).get("expose") == "host-port"
    done = subprocess.run(
        [HELM, "template", "release", chart, "--namespace", "blockchain", "--kube-version", VERSION, "--values", values],
        capture_output=True, text=True, check=False,
    )
    if done.returncode != 0:
        return [f"{values.name}: {done.stderr.strip()[-500:]}"], 0
    try:
        things = [thing for thing in yaml.load_all(done.stdout, Loader=Strict) if thing is not None]
    except (ValueError, yaml.YAMLError) as error:
        return [f"{values.name}: {error}"], 0
    faults = [
        f"{values.name}: {thing['kind']} {thing['metadata']['name']}: {fault}"
        for thing in things
        for fault in object_faults(thing, host_ports)
    ]
    names = collections.Counter((thing["kind"], thing["metadata"].get("namespace"), thing["metadata"]["name"]) for thing in things)
    faults += [f"{values.name}: {kind} {name} is there twice" for (kind, _, name), count in names.items() if count > 1]
    return faults, len(things)


def main():
    chart, *folders = sys.argv[1:]
    files = sorted(file for folder in folders for file in pathlib.Path(folder).rglob("*.yaml"))
    if not files:
        sys.exit(f"no values to check in {', '.join(folders) or 'no folder'}")
    lint = subprocess.run([HELM, "lint", "--strict", "--quiet", chart, "--values", files[0]], capture_output=True, text=True, check=False)
    if lint.returncode != 0:
        sys.exit(lint.stdout + lint.stderr)
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(functools.partial(check, chart), files, chunksize=8))
    faults = [fault for found, _ in results for fault in found]
    print("\n".join(faults[:50]))
    print(f"{chart}: {len(files)} renderings, {sum(count for _, count in results)} objects, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
