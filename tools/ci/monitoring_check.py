#!/usr/bin/env python3
"""Holds what a stack tells Prometheus and Alertmanager against their own tools: monitoring_check.py <stacks folder> <tests folder>

The rules, the scrape configuration and the routing are those of the synthesized JSON. The cases of the second folder
(`npm run alert-tests`) are run only when they are of just these rules. Run with a Python that has PyYAML; promtool and amtool are on the
path, or named by PROMTOOL and AMTOOL.
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

PROMTOOL = os.environ.get("PROMTOOL", "promtool")
AMTOOL = os.environ.get("AMTOOL", "amtool")


def run(*words, folder=None):
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return [] if done.returncode == 0 else [f"{' '.join(map(str, words))}: {done.stdout.strip()[-1500:]}"]


def values_of(release):
    """What Helm is given, with what only Terraform knows as a word."""
    text = re.sub(r"(?<!\$)\$\{[^}]*\}", "later", "\n".join(release["values"]))
    return yaml.safe_load(re.sub(r"([$%])\1(?=\{)", r"\1", text))


def watched(stack):
    """What Prometheus and Alertmanager are given, and the rules that come with releases of their own, as those of engines do."""
    releases = stack.get("resource", {}).get("helm_release", {}).values()
    for release in releases:
        if release.get("chart") == "kube-prometheus-stack":
            values = values_of(release)
            for one in releases:
                # Charts of this project bring their rules as text.
                if one.get("chart", "").startswith("./") and any(re.search(r"^rules:", text, re.M) for text in one["values"]):
                    groups = json.loads(values_of(one)["rules"])["groups"]
                    # Each is a file of its own in Prometheus; here they are one.
                    named = [{**group, "name": f"{one['name']}/{group['name']}"} for group in groups]
                    values["additionalPrometheusRulesMap"][one["name"]] = {"groups": named}
            return values
    return None


def older(receiver):
    """Alertmanager 0.25 knows no file for the URL of a webhook."""
    for webhook in receiver.get("webhook_configs", []):
        if webhook.pop("url_file", None):
            webhook["url"] = "https://example.com"
    return receiver


def written(values, work):
    """The files that Prometheus and Alertmanager would read, and the checks of them."""
    faults = []
    groups = [group for one in values["additionalPrometheusRulesMap"].values() for group in one["groups"]]
    (work / "rules.yml").write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    faults += run(PROMTOOL, "check", "rules", "--lint=all", work / "rules.yml")
    scrape = values["prometheus"]["prometheusSpec"].get("additionalScrapeConfigs", [])
    (work / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": scrape}), encoding="utf-8")
    faults += run(PROMTOOL, "check", "config", work / "prometheus.yml")
    alertmanager = values["alertmanager"]
    for name, text in alertmanager.get("templateFiles", {}).items():
        (work / name).write_text(text, encoding="utf-8")
    config = alertmanager["config"]
    config["templates"] = [str(work / "*.tmpl")]
    config["receivers"] = [older(receiver) for receiver in config["receivers"]]
    (work / "alertmanager.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    faults += run(AMTOOL, "check-config", work / "alertmanager.yml")
    labels = values["prometheus"]["prometheusSpec"]["externalLabels"]
    names = {receiver["name"]: receiver for receiver in config["receivers"]}
    rules = [rule for group in groups for rule in group["rules"]]
    return groups, faults + [fault for rule in rules for fault in routed(rule, labels, names, work / "alertmanager.yml")]


@functools.cache
def receiver_of(config, *words):
    done = subprocess.run(
        [AMTOOL, "config", "routes", "test", f"--config.file={config}", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip()


def routed(rule, external, receivers, config):
    """Whether a rule's alert goes to its severity, and its team where that has a receiver; the switch has one of its own."""
    labels = {"alertname": rule["alert"], **external, **rule["labels"]}
    words = [f"{name}={labels[name]}" for name in ("alertname", "environment", "severity", "team", "action") if name in labels]
    to = receiver_of(str(config), *words)
    severity, team = labels["severity"], f"{labels['severity']}-{labels['team']}"
    expected = "dead-mans-switch" if labels["alertname"] == "Watchdog" else team if team in receivers else severity
    if labels.get("action") == "kill":
        expected = f"kill-switch,{expected}"
    if to != expected:
        return [f"{' '.join(words)}: goes to {to}, not to {expected}"]
    if any(len(receivers[one]) == 1 for one in to.split(",")):
        return [f"{' '.join(words)}: goes to {to}, which tells nobody"]
    return []


def tested(folder):
    """Every rule that has cases."""
    files = sorted(folder.glob("*/rules.yml"))
    loaded = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [rule for one in loaded for group in one["groups"] for rule in group["rules"]]


def canonical(rules):
    return sorted(json.dumps(rule, sort_keys=True) for rule in rules)


def main():
    stacks, tests = map(pathlib.Path, sys.argv[1:])
    faults, count = [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file in sorted(stacks.glob("*/cdk.tf.json")):
            name = file.parent.name
            values = watched(json.loads(file.read_text(encoding="utf-8")))
            if values is None:
                continue
            count += 1
            with tempfile.TemporaryDirectory() as work:
                groups, found = written(values, pathlib.Path(work))
            rules = [rule for group in groups for rule in group["rules"]]
            if canonical(rules) != canonical(tested(tests / name)):
                found.append("the cases are of other rules than the stack has")
            suites = sorted((tests / name).glob("*/tests-*.yml"))
            ran = pool.map(lambda suite: run(PROMTOOL, "test", "rules", suite.name, folder=suite.parent), suites)
            found += [fault for one in ran for fault in one]
            print(f"{name}: {len(rules)} rules, each routed, {len(suites)} files of cases, {len(found)} faults")
            faults += [f"{name}: {fault}" for fault in found]
    if count == 0:
        faults.append("no stack is watched; nothing was checked")
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
