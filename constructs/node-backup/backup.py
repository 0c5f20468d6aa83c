"""What the automations do in EC2: begin a backup, and look after the backups that there are.

Runs in SSM Automation (aws:executeScript), which brings boto3. A backup is a set: the snapshots that one execution took of one
node, all of them with the tags Environment, Node and BackupSet. Nothing without these tags is ever touched.
"""
import re
from datetime import datetime, timezone

import boto3

SET = "BackupSet"
# In the copy of a snapshot: the snapshot that it is a copy of.
COPIED_FROM = "CopiedFrom"


def snapshot(events, _context):
    """Begins snapshots of all data disks of a node, as one set. The node goes on as soon as this returns."""
    height = re.findall(r"^height=(\w+)$", events["output"], re.MULTILINE)[-1:]
    if not height:
        raise ValueError(f"the host did not say that the node is held: {events['output']!r}")
    tags = {**events["tags"], SET: events["execution"], "Height": height[0]}
    begun = boto3.client("ec2", region_name=events["region"]).create_snapshots(
        InstanceSpecification={"InstanceId": events["instance"], "ExcludeBootVolume": True},
        Description=f"{tags['Node']} at height {height[0]}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": as_list(tags)}],
    )["Snapshots"]
    if not begun:
        raise ValueError(f"instance {events['instance']} has no data disk to take a snapshot of")
    return {"snapshots": sorted(each["SnapshotId"] for each in begun), "height": height[0]}


def upkeep(events, _context):
    """Keeps the newest complete sets of every node, copies the newest to another region, and says what went wrong."""
    home = boto3.client("ec2", region_name=events["region"])
    kept, faults = tidy(home, events["environment"], events["keep"], events["region"])
    copied = []
    if events.get("copyRegion"):
        away = boto3.client("ec2", region_name=events["copyRegion"])
        there, faults_there = tidy(away, events["environment"], events["keep"], events["copyRegion"])
        faults += faults_there
        copied = copy_newest(kept, there, away, events)
    # Last, so that one fault keeps nothing else from being done.
    if faults:
        raise RuntimeError("; ".join(faults))
    return {"sets": {node: [each["set"] for each in sets] for node, sets in kept.items()}, "copied": copied}


def tidy(ec2, environment, keep, region):
    """Deletes what is too old, and what failed. Returns the sets that are left by node, newest first, and the faults."""
    kept, faults = {}, []
    for node, sets in sets_of(ec2, environment).items():
        failed = [each for each in sets if "error" in each["states"]]
        faults += [f"backup {each['set']} of {node} failed in {region}; its snapshots are deleted" for each in failed]
        complete = [each for each in sets if each["states"] == {"completed"}]
        # Of those that are not complete yet, none is too old: the next look is soon.
        for each in failed + complete[keep:]:
            for one in each["snapshots"]:
                ec2.delete_snapshot(SnapshotId=one["SnapshotId"])
        kept[node] = [each for each in sets if each not in failed and each not in complete[keep:]]
    return kept, faults


def sets_of(ec2, environment):
    """The backups of an environment, by node, newest first."""
    found = {}
    pages = ec2.get_paginator("describe_snapshots").paginate(
        OwnerIds=["self"],
        Filters=[{"Name": "tag:Environment", "Values": [environment]}, {"Name": "tag-key", "Values": [SET]}],
    )
    for page in pages:
        for one in page["Snapshots"]:
            tags = as_map(one["Tags"])
            # Asked for as well; nobody shall lose a snapshot to a filter that was misread.
            if tags.get("Environment") != environment or SET not in tags or "Node" not in tags:
                continue
            found.setdefault(tags["Node"], {}).setdefault(tags[SET], []).append(one)
    return {
        node: sorted(
            (
                {
                    "set": name,
                    "snapshots": snapshots,
                    "states": {one["State"] for one in snapshots},
                    # A copy is as old as what it is a copy of.
                    "at": as_map(snapshots[0]["Tags"]).get("At") or min(as_time(one["StartTime"]) for one in snapshots),
                }
                for name, snapshots in sets.items()
            ),
            key=lambda each: each["at"],
            reverse=True,
        )
        for node, sets in found.items()
    }


def copy_newest(kept, there, away, events):
    """Begins the copies that are missing of each node's newest complete set."""
    copied = []
    for node, sets in kept.items():
        newest = next((each for each in sets if each["states"] == {"completed"}), None)
        if newest is None:
            continue
        have = {as_map(one["Tags"]).get(COPIED_FROM) for each in there.get(node, []) for one in each["snapshots"]}
        for one in newest["snapshots"]:
            if one["SnapshotId"] in have:
                continue
            tags = {**as_map(one["Tags"]), COPIED_FROM: one["SnapshotId"], "At": newest["at"]}
            key = {"KmsKeyId": events["copyKey"]} if events.get("copyKey") else {}
            try:
                away.copy_snapshot(
                    SourceRegion=events["region"],
                    SourceSnapshotId=one["SnapshotId"],
                    Description=one.get("Description", ""),
                    Encrypted=True,
                    TagSpecifications=[{"ResourceType": "snapshot", "Tags": as_list(tags)}],
                    **key,
                )
            except Exception as error:
                # As many at a time as AWS allows; the rest follows with the next look.
                if "ResourceLimitExceeded" in str(error):
                    return copied
                raise
            copied.append(one["SnapshotId"])
    return copied


def as_time(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else moment


def as_map(tags):
    # What AWS itself sets cannot be set again.
    return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}


def as_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]
