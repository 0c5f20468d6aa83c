"""Waits until the node that was just rolled out follows its chain; the roll of its group goes on only then.

A node that was healthy must be healthy again. One that never was, because it syncs for the first time, must be alive and
advancing: its progress changes between two looks, or its data grows. Exit status 1 says that it did not within the time.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ["URL"]
RELEASE = os.environ["RELEASE"]
LIMIT_SECONDS = float(os.environ["LIMIT_SECONDS"])
PAUSE_SECONDS = float(os.environ.get("PAUSE_SECONDS", "15"))
# What the data must grow by to say that a node which answers nothing yet is alive.
FETCHED_BYTES = 256 * 1024 * 1024


def ask() -> dict | None:
    """What the new pod says of itself; none while it is not there yet, or the old one still is."""
    try:
        with urllib.request.urlopen(URL, timeout=10) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            said = json.load(error)
        except ValueError:
            return None
    except (OSError, ValueError):
        return None
    return said if said.get("release") == RELEASE else None


def progress(said: dict) -> str:
    """What moves while a node follows its chain; empty when no client tells."""
    clients = (said.get("latest") or {}).get("clients", [])
    known = [[one["client"], one["head"], one["progress"]] for one in clients]
    return json.dumps(known) if any(head is not None or step is not None for _, head, step in known) else ""


def used(said: dict) -> int:
    return said["disk"]["size"] - said["disk"]["available"]


def well(said: dict, first: dict) -> str:
    """Why the node is well; empty while it is not."""
    if said["status"] == "healthy":
        return "the node is healthy"
    if said["wasHealthy"]:
        return ""
    if progress(first) and progress(said) and progress(said) != progress(first):
        return "the node is alive and advancing; it is not at the head yet"
    grown = used(said) - used(first)
    return f"the node fetches what it begins with: its data has grown by {grown >> 20} MiB" if grown >= FETCHED_BYTES else ""


def main() -> int:
    deadline = time.monotonic() + LIMIT_SECONDS
    first = latest = None
    while time.monotonic() < deadline:
        said = ask()
        if said is not None:
            if first is None or (not progress(first) and progress(said)):
                first = {**said, "disk": (first or said)["disk"]}
            latest = said
            reason = well(said, first)
            if reason:
                print(reason)
                return 0
        time.sleep(PAUSE_SECONDS)
    if latest is None:
        print(f"the pod of this release did not answer at {URL}; see kubectl describe pod, and the logs of its containers")
    else:
        wanted = "healthy" if latest["wasHealthy"] else "alive and advancing"
        print(f"not {wanted} after {LIMIT_SECONDS:.0f} seconds: {latest['status']}, {latest.get('reason')}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
