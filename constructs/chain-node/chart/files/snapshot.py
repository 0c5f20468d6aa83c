"""Takes a snapshot of a node's data, and deletes those that are too old.

The node is stopped with the grace that its clients need, its snapshot begins, and it goes on: a snapshot holds what the disk had
when it began, however long it takes to be whole. The node goes on whatever happens in between.
"""

import json
import os
import signal
import subprocess
import sys
import time

NODE = os.environ["NODE"]
CLAIM = os.environ["CLAIM"]
STATEFUL_SET = os.environ["STATEFUL_SET"]
CLASS = os.environ["SNAPSHOT_CLASS"]
KEEP = int(os.environ["KEEP"])
STOP_SECONDS = int(os.environ["STOP_SECONDS"])
BEGIN_SECONDS = int(os.environ.get("BEGIN_SECONDS", "600"))
PAUSE_SECONDS = float(os.environ.get("PAUSE_SECONDS", "5"))
GO_ON_ATTEMPTS = 8
LABEL = "chain-nodes.io/node"
# Says that it is we who stopped the node, so that whoever finds it stopped by a person leaves it so.
STOPPED = "chain-nodes.io/stopped-for-snapshot"


def kubectl(*words: str, given: object = None) -> str:
    text = json.dumps(given) if given is not None else None
    done = subprocess.run(["kubectl", *words], input=text, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def wait(what: str, seconds: float, happened) -> None:  # noqa: ANN001
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took longer than {seconds:.0f} seconds")
        time.sleep(PAUSE_SECONDS)


def scale(replicas: int) -> None:
    mark = "true" if replicas == 0 else None
    patch = {"metadata": {"annotations": {STOPPED: mark}}, "spec": {"replicas": replicas}}
    kubectl("patch", "statefulset", STATEFUL_SET, "--type=merge", f"--patch={json.dumps(patch)}")


def go_on() -> None:
    """Again and again: of all that can go wrong here, a node that stays down is the worst."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(GO_ON_ATTEMPTS):
        try:
            return scale(1)
        except subprocess.CalledProcessError:
            time.sleep(PAUSE_SECONDS)
    sys.exit(f"{NODE} could not be started again; the next run does, or: kubectl scale statefulset {STATEFUL_SET} --replicas=1")


def stopped_by_hand() -> bool:
    found = json.loads(kubectl("get", "statefulset", STATEFUL_SET, "--output=json"))
    return found["spec"]["replicas"] == 0 and STOPPED not in found["metadata"].get("annotations", {})


def is_stopped() -> bool:
    return kubectl("get", "pods", f"--selector={LABEL}={NODE},chain-nodes.io/part=node", "--output=name") == ""


def has_begun(name: str) -> bool:
    status = json.loads(kubectl("get", "volumesnapshot", name, "--output=json")).get("status", {})
    if "error" in status:
        raise RuntimeError(f"the snapshot failed: {status['error'].get('message')}")
    return "creationTime" in status


def take() -> str:
    name = f"{NODE}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    kubectl(
        "create",
        "--filename=-",
        given={
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshot",
            "metadata": {"name": name, "labels": {LABEL: NODE}},
            "spec": {"volumeSnapshotClassName": CLASS, "source": {"persistentVolumeClaimName": CLAIM}},
        },
    )
    wait("the beginning of the snapshot", BEGIN_SECONDS, lambda: has_begun(name))
    return name


def delete_old() -> None:
    """Only whole ones count as kept, so that failures do not push out the last that is good."""
    listed = json.loads(kubectl("get", "volumesnapshots", f"--selector={LABEL}={NODE}", "--output=json"))["items"]
    whole = [one for one in listed if one.get("status", {}).get("readyToUse")]
    whole.sort(key=lambda one: one["metadata"]["creationTimestamp"], reverse=True)
    for one in whole[KEEP:]:
        # Its class keeps what lies in EBS when a snapshot's object goes, by whatever cause; this one is meant to go.
        content = one["status"]["boundVolumeSnapshotContentName"]
        kubectl("patch", "volumesnapshotcontent", content, "--type=merge", '--patch={"spec":{"deletionPolicy":"Delete"}}')
        kubectl("delete", "volumesnapshot", one["metadata"]["name"])


def main() -> int:
    if stopped_by_hand():
        print(f"{NODE} was stopped by hand; no snapshot is taken, and it stays so")
        return 1
    # Or the node would stay down when this pod is asked to go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        scale(0)
        wait("stopping the node", STOP_SECONDS, is_stopped)
        name = take()
    finally:
        go_on()
    print(f"{name} has begun, and {NODE} goes on")
    delete_old()
    return 0


if __name__ == "__main__":
    sys.exit(main())
