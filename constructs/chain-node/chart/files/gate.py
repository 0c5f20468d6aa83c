"""Waits until the node that was just rolled out follows its chain; the roll of its group goes on only then.

A node that was healthy must be healthy again. One that never was, because it syncs for the first time, must be alive and
advancing: its progress changes between two looks, or its data grows. Exit status 1 says that it did not within the time.
"""

import http.client
import json
import os
import signal
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
        try:
            answer = urllib.request.urlopen(URL, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            said = json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return said if isinstance(said, dict) and said.get("release") == RELEASE else None


def progress(said: dict) -> dict:
    """What moves while a node follows its chain, as far as its clients tell."""
    clients = (said.get("latest") or {}).get("clients", [])
    told = {(one["client"], what): one[what] for one in clients for what in ("head", "progress")}
    return {what: value for what, value in told.items() if value is not None}


def used(said: dict) -> int:
    return said["disk"]["size"] - said["disk"]["available"]


def well(said: dict, seen: dict, grown: int) -> str:
    """Why the node is well; empty while it is not."""
    if said["status"] == "healthy":
        return "the node is healthy"
    if said["wasHealthy"]:
        return ""
    if any(seen.get(what, value) != value for what, value in progress(said).items()):
        return "the node is alive and advancing; it is not at the head yet"
    return f"the node fetches what it begins with: its data has grown by {grown >> 20} MiB" if grown >= FETCHED_BYTES else ""


def main() -> int:
    deadline = time.monotonic() + LIMIT_SECONDS
    latest = None
    # The first that was seen of each: that a client answers, or no longer does, is no progress.
    seen: dict = {}
    begin = 0
    while time.monotonic() < deadline:
        said = ask()
        if said is not None:
            begin = used(said) if latest is None else begin
            latest = said
            reason = well(said, seen, used(said) - begin)
            if reason:
                print(reason)
                return 0
            seen = {**progress(said), **seen}
        time.sleep(PAUSE_SECONDS)
    if latest is None:
        print(f"the pod of this release did not answer at {URL}; see kubectl describe pod, and the logs of its containers")
    else:
        wanted = "healthy" if latest["wasHealthy"] else "alive and advancing"
        print(f"not {wanted} after {LIMIT_SECONDS:.0f} seconds: {latest['status']}, {latest.get('reason')}")
    return 1


if __name__ == "__main__":
    # The first process of a container is ended by no signal that it has not asked for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before the node was well"))
    sys.exit(main())
