#!/usr/bin/env python3
"""Runs checkov over synthesized stacks: checkov_scan.py <stacks folder> <skips file>

Run with the Python of the environment that checkov is installed in. Why not checkov alone:
- it (3.3) cannot read terraform.required_version in JSON, and then reports no finding and
  success: the scan runs on copies without it, and a stack that could not be read, or in
  which nothing was checked, is a failure;
- a skip in its own configuration has no reason and is for all resources;
- it names most resources of a JSON stack without their type.
"""

import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

TYPE_LINE = re.compile(r'^    "([^"]+)": \{$')


def copy_stacks(source, target):
    """Copies without required_version, indented so that an address can be read off the lines."""
    stacks = {}
    for file in sorted(source.rglob("*.tf.json")):
        stack = json.loads(file.read_text(encoding="utf-8"))
        stack.get("terraform", {}).pop("required_version", None)
        text = json.dumps(stack, indent=2)
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        stacks[file.relative_to(source).as_posix()] = text.splitlines()
    return stacks


def scan(folder):
    command = [
        str(pathlib.Path(sys.executable).with_name("checkov")),
        "--directory", str(folder),
        "--framework", "terraform_json",
        "--output", "json",
        "--skip-download",  # texts from the maker's site; the checks are in the package
        "--soft-fail",  # the findings are judged here
    ]  # fmt: skip
    # A parse failure is reported by the result, and its traceback says no more.
    environment = {**os.environ, "LOG_LEVEL": "CRITICAL"}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
    result = json.loads(done.stdout)
    if "results" not in result:
        sys.exit("checkov found nothing to scan")
    return result["results"]


def stack_of(finding):
    return finding["file_path"].lstrip("/")


def address(finding, lines):
    """aws_instance.node, where checkov says resource.node."""
    kind, name = finding["resource"].split(".", 1)
    if kind not in ("resource", "data"):
        return finding["resource"]
    for line in reversed(lines[: finding["file_line_range"][0]]):
        match = TYPE_LINE.match(line)
        if match:
            return f"{'data.' if kind == 'data' else ''}{match.group(1)}.{name}"
    return finding["resource"]


def skips_of(file):
    skips = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    for check, skip in skips.items():
        if not isinstance(skip, dict) or not str(skip.get("reason") or "").strip():
            sys.exit(f"{file}: {check} has no reason")
        if skip.keys() - {"reason", "resources"}:
            sys.exit(f"{file}: {check} may have reason and resources only")
    return skips


def main(source, skips_file):
    skips = skips_of(skips_file)
    with tempfile.TemporaryDirectory() as folder:
        stacks = copy_stacks(source, pathlib.Path(folder))
        if not stacks:
            sys.exit(f"{source}: no .tf.json below it")
        results = scan(folder)

    problems = [f"{file}: checkov cannot read it" for file in results["parsing_errors"]]
    checked = {stack_of(c) for c in results["passed_checks"] + results["failed_checks"]}
    problems += [f"{stack}: nothing was checked in it" for stack in stacks if stack not in checked]

    used, skipped = set(), 0
    for finding in results["failed_checks"]:
        stack, check = stack_of(finding), finding["check_id"]
        resource = address(finding, stacks[stack])
        patterns = [p for p in skips.get(check, {}).get("resources", ["*"]) if fnmatch.fnmatch(resource, p)]
        if check in skips and patterns:
            used.update((check, pattern) for pattern in patterns)
            skipped += 1
        else:
            problems.append(f"{stack}: {resource}: {check} {finding['check_name']}")
    for check, skip in skips.items():
        for pattern in skip.get("resources", ["*"]):
            if (check, pattern) not in used:
                problems.append(f"{skips_file}: {check} on {pattern} skips nothing; take it out")

    for problem in problems:
        print(problem, file=sys.stderr)
    print(
        f"{len(stacks)} stacks: {len(results['passed_checks'])} checks passed, "
        f"{skipped} findings skipped with a reason, {len(problems)} problems"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
