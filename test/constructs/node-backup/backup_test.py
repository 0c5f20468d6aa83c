"""backup.py against an EC2 that keeps state. Run by backup.host.test.ts."""
import os
import random
import sys
import types
import unittest
from datetime import datetime, timedelta, timezone

START = datetime(2026, 11, 1, tzinfo=timezone.utc)


class Ec2:
    """As much of EC2 as the program uses, in one region."""

    def __init__(self, region):
        self.region, self.snapshots, self.calls, self.count, self.limit = region, {}, [], 0, None
        self.volumes = {"i-1": 1}

    def add(self, name, at, state="completed", **tags):
        self.count += 1
        one = f"snap-{self.region}-{self.count}"
        self.snapshots[one] = {
            "SnapshotId": one,
            "State": state,
            "StartTime": START + timedelta(days=at),
            "Description": name,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        return one

    def backup(self, node, name, at, state="completed", environment="production", volumes=1):
        return [
            self.add(name, at, state, Environment=environment, Node=node, BackupSet=name, Height="1", **{"aws:x": "y"})
            for _ in range(volumes)
        ]

    def tag(self, one, key):
        return {tag["Key"]: tag["Value"] for tag in self.snapshots[one]["Tags"]}.get(key)

    def sets(self, node):
        return sorted({self.tag(one, "BackupSet") for one in self.snapshots if self.tag(one, "Node") == node})

    # --- what boto3 has

    def get_paginator(self, operation):
        assert operation == "describe_snapshots"
        return types.SimpleNamespace(paginate=self.paginate)

    def paginate(self, OwnerIds, Filters):
        assert OwnerIds == ["self"]
        found = list(self.snapshots.values())
        for one in Filters:
            if one["Name"] == "tag-key":
                found = [each for each in found if any(tag["Key"] in one["Values"] for tag in each["Tags"])]
            else:
                key = one["Name"].removeprefix("tag:")
                found = [
                    each
                    for each in found
                    if any(tag["Key"] == key and tag["Value"] in one["Values"] for tag in each["Tags"])
                ]
        # Two a page, in no order.
        random.shuffle(found)
        for at in range(0, max(len(found), 1), 2):
            yield {"Snapshots": found[at : at + 2]}

    def delete_snapshot(self, SnapshotId):
        del self.snapshots[SnapshotId]

    def copy_snapshot(self, SourceRegion, SourceSnapshotId, Description, Encrypted, TagSpecifications, KmsKeyId=None):
        assert Encrypted and not any(tag["Key"].startswith("aws:") for tag in TagSpecifications[0]["Tags"])
        if self.limit is not None and len(self.calls) >= self.limit:
            raise RuntimeError("An error occurred (ResourceLimitExceeded) when calling the CopySnapshot operation")
        self.calls.append((SourceRegion, SourceSnapshotId, KmsKeyId))
        tags = {tag["Key"]: tag["Value"] for tag in TagSpecifications[0]["Tags"]}
        self.add(Description, 1000 + len(self.calls), "pending", **tags)

    def create_snapshots(self, InstanceSpecification, Description, TagSpecifications):
        assert InstanceSpecification == {"InstanceId": "i-1", "ExcludeBootVolume": True}
        tags = {tag["Key"]: tag["Value"] for tag in TagSpecifications[0]["Tags"]}
        return {
            "Snapshots": [
                {"SnapshotId": self.add(Description, 0, "pending", **tags)} for _ in range(self.volumes["i-1"])
            ]
        }


regions = {}
sys.modules["boto3"] = types.SimpleNamespace(
    client=lambda service, region_name: regions.setdefault(region_name, Ec2(region_name))
)
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../constructs/node-backup"))
import backup  # noqa: E402

UPKEEP = {"region": "home", "environment": "production", "keep": 3}


class Case(unittest.TestCase):
    def setUp(self):
        regions.clear()
        self.home, self.away = regions.setdefault("home", Ec2("home")), regions.setdefault("away", Ec2("away"))

    def upkeep(self, **more):
        return backup.upkeep({**UPKEEP, **more}, None)


class Snapshot(Case):
    EVENT = {"region": "home", "instance": "i-1", "execution": "e-1", "tags": {"Node": "n", "Environment": "production"}}

    def test_is_a_set_with_height(self):
        self.home.volumes["i-1"] = 2
        result = backup.snapshot({**self.EVENT, "output": "holding\nheight=12\n"}, None)
        self.assertEqual(result["height"], "12")
        self.assertEqual(sorted(self.home.snapshots), result["snapshots"])
        for one in result["snapshots"]:
            self.assertEqual([self.home.tag(one, key) for key in ("Node", "BackupSet", "Height")], ["n", "e-1", "12"])

    def test_of_a_node_without_a_height(self):
        self.assertEqual(backup.snapshot({**self.EVENT, "output": "height=unknown"}, None)["height"], "unknown")

    def test_is_not_taken_of_a_node_that_is_not_held(self):
        with self.assertRaisesRegex(ValueError, "did not say that the node is held"):
            backup.snapshot({**self.EVENT, "output": "----------ERROR-------\nfailed"}, None)
        self.assertEqual(self.home.snapshots, {})

    def test_of_no_disk_is_a_fault(self):
        self.home.volumes["i-1"] = 0
        with self.assertRaisesRegex(ValueError, "has no data disk"):
            backup.snapshot({**self.EVENT, "output": "height=1"}, None)


class Retention(Case):
    def test_keeps_the_newest_of_each_node(self):
        for day in range(6):
            self.home.backup("a", f"a{day}", day, volumes=2)
        self.home.backup("b", "b0", 0)
        self.upkeep()
        self.assertEqual((self.home.sets("a"), self.home.sets("b")), (["a3", "a4", "a5"], ["b0"]))

    def test_a_set_that_is_not_complete_takes_nobodys_place(self):
        for day in range(3):
            self.home.backup("a", f"a{day}", day)
        self.home.backup("a", "a3", 3, "pending")
        self.upkeep()
        self.assertEqual(self.home.sets("a"), ["a0", "a1", "a2", "a3"])

    def test_touches_nothing_of_others(self):
        strangers = [
            self.home.add("by hand", 0),
            self.home.add("a final snapshot", 0, Environment="production", Node="a"),
            self.home.add("without a node", 0, Environment="production", BackupSet="x"),
            *[one for day in range(9) for one in self.home.backup("a", f"s{day}", day, environment="staging")],
        ]
        for day in range(9):
            self.home.backup("a", f"a{day}", 100 + day)
        self.upkeep(keep=1)
        self.assertTrue(set(strangers) <= set(self.home.snapshots))
        self.assertEqual(len(self.home.snapshots), len(strangers) + 1)

    def test_a_failed_set_is_said_once_and_goes(self):
        self.home.backup("a", "a0", 0)
        self.home.backup("a", "a1", 1, "error")
        with self.assertRaisesRegex(RuntimeError, "backup a1 of a failed in home; its snapshots are deleted"):
            self.upkeep()
        self.assertEqual(self.home.sets("a"), ["a0"])
        self.upkeep()

    def test_never_takes_the_newest_complete_one_whatever_there_is(self):
        rng = random.Random(7)
        for _ in range(200):
            self.setUp()
            for name in range(rng.randrange(1, 9)):
                state = rng.choice(["completed", "completed", "pending", "error"])
                self.home.backup("a", f"s{name}", name, state, volumes=rng.randrange(1, 3))
            complete = [name for name in self.home.sets("a") if self.state(name) == {"completed"}]
            pending = [name for name in self.home.sets("a") if self.state(name) == {"pending"}]
            keep = rng.randrange(1, 4)
            try:
                self.upkeep(keep=keep)
            except RuntimeError:
                pass
            self.assertEqual(self.home.sets("a"), sorted(complete[-keep:] + pending))

    def state(self, name):
        home = self.home
        return {one["State"] for key, one in home.snapshots.items() if home.tag(key, "BackupSet") == name}


class Copies(Case):
    def test_the_newest_complete_set_is_copied_once(self):
        self.home.backup("a", "a0", 0)
        newest = self.home.backup("a", "a1", 1, volumes=2)
        self.home.backup("a", "a2", 2, "pending")
        for _ in range(3):
            self.upkeep(copyRegion="away", copyKey="alias/k")
        self.assertEqual(sorted(self.away.calls), sorted(("home", one, "alias/k") for one in newest))
        self.assertEqual(self.away.sets("a"), ["a1"])

    def test_bear_the_tags_of_what_they_are_of(self):
        self.home.backup("a", "a0", 0)
        self.upkeep(copyRegion="away")
        (copy,) = self.away.snapshots
        self.assertEqual(
            [self.away.tag(copy, key) for key in ("Node", "BackupSet", "CopiedFrom", "At")],
            ["a", "a0", "snap-home-1", "2026-11-01T00:00:00Z"],
        )

    def test_are_kept_as_many_as_at_home(self):
        for day in range(6):
            self.home.backup("a", f"a{day}", day)
            self.upkeep(copyRegion="away", keep=2)
            for one in self.away.snapshots.values():
                one["State"] = "completed"
        self.upkeep(copyRegion="away", keep=2)
        self.assertEqual(self.away.sets("a"), ["a4", "a5"])

    def test_that_failed_are_said_and_made_again(self):
        self.home.backup("a", "a0", 0)
        self.upkeep(copyRegion="away")
        next(iter(self.away.snapshots.values()))["State"] = "error"
        with self.assertRaisesRegex(RuntimeError, "failed in away"):
            self.upkeep(copyRegion="away")
        self.assertEqual(len(self.away.calls), 2)

    def test_wait_when_there_are_as_many_as_may_be(self):
        for node in "abcd":
            self.home.backup(node, f"{node}0", 0)
        self.away.limit = 2
        self.upkeep(copyRegion="away")
        self.assertEqual(len(self.away.calls), 2)
        self.away.limit = None
        self.upkeep(copyRegion="away")
        self.assertEqual(len({call[1] for call in self.away.calls}), 4)


if __name__ == "__main__":
    unittest.main()
