#!/usr/bin/env python3
"""Writes constructs/chain-node/catalogue/instance-types.json.

    pip download --no-deps --dest /tmp/moto moto==5.2.5
    tools/instance-types.py /tmp/moto/moto-5.2.5-py3-none-any.whl karpenter.json \
        > constructs/chain-node/catalogue/instance-types.json

The wheel of moto holds the answer of the EC2 call DescribeInstanceTypes. The second file
holds the figures of the Karpenter reference, as {"source", "columns", "types"}; every
type in both must agree, else nothing is written.
"""

import gzip
import json
import re
import sys
import zipfile

# Families of no use for a chain node. The flag CurrentGeneration cannot choose them: AWS
# has set it to false for c5, m5, r5, m6i, r6i, r7g and others that are still sold.
DROPPED = {
    "old families": "a1 c1 c3 c4 d2 h1 i2 i3 m1 m2 m3 m4 r3 r4 t1 t2 x1 x1e",
    "hard disks": "d3 d3en",
    "HPC, EBS baseline below 100 Mbps": "hpc6a hpc6id hpc7a hpc7g hpc8a",
    "accelerators, not marked so by moto": "trn2u",
}
DROPPED_FAMILIES = set(" ".join(DROPPED.values()).split())
DROPPED_PREFIX = re.compile(r"^(mac|u-|u7i)")  # Mac, and memory of 3 TiB and more
ACCELERATORS = ("GpuInfo", "FpgaInfo", "InferenceAcceleratorInfo", "NeuronInfo", "MediaAcceleratorInfo")

COLUMNS = [
    "vcpu",
    "memoryGiB",
    "architecture",
    "ebsBaselineMbps",
    "ebsMaximumMbps",
    "ebsBaselineIops",
    "ebsMaximumIops",
    "localNvmeGB",
    "localNvmeDisks",
]


def number(value):
    """5.0 as 5, 10.5 as 10.5."""
    return int(value) if value == int(value) else value


def kept(name, entry):
    family = name.split(".")[0]
    if family in DROPPED_FAMILIES or DROPPED_PREFIX.match(name):
        return False
    return not any(key in entry for key in ACCELERATORS)


def row(entry):
    ebs = entry.get("EbsInfo", {}).get("EbsOptimizedInfo", {})
    storage = entry.get("InstanceStorageInfo")
    if storage and (storage.get("NvmeSupport") != "required" or any(d["Type"] != "ssd" for d in storage["Disks"])):
        raise SystemExit(f"{entry['InstanceType']}: local disks that are no NVMe SSDs")
    (architecture,) = entry["ProcessorInfo"]["SupportedArchitectures"]
    return [
        entry["VCpuInfo"]["DefaultVCpus"],
        number(entry["MemoryInfo"]["SizeInMiB"] / 1024),
        architecture,
        ebs.get("BaselineBandwidthInMbps"),
        ebs.get("MaximumBandwidthInMbps"),
        ebs.get("BaselineIops"),
        ebs.get("MaximumIops"),
        storage["TotalSizeInGB"] if storage else 0,
        sum(d["Count"] for d in storage["Disks"]) if storage else 0,
    ]


def disagreements(types, karpenter):
    """Types whose figures differ; Karpenter rounds memory down to whole GiB."""
    found = []
    for name in types.keys() & karpenter["types"].keys():
        other = dict(zip(karpenter["columns"], karpenter["types"][name]))
        mine = dict(zip(COLUMNS, types[name]))
        pairs = [
            (mine["vcpu"], other["vcpu"]),
            (int(mine["memoryGiB"]), other["memoryGiB"]),
            (mine["architecture"], other["architecture"]),
            (mine["ebsMaximumMbps"], other["ebsBandwidthMbps"]),
            (mine["localNvmeGB"], other["localNvmeGB"]),
        ]
        if any(a != b for a, b in pairs):
            found.append(f"{name}: {pairs}")
    return sorted(found)


def main(wheel, karpenter_file):
    with zipfile.ZipFile(wheel) as archive:
        member = archive.getinfo("moto/ec2/resources/instance_types.json.gz")
        moto = json.loads(gzip.decompress(archive.read(member)))
        version = re.search(r"moto-([0-9.]+)-py3", wheel).group(1)
        date = "{:04}-{:02}-{:02}".format(*member.date_time[:3])
    with open(karpenter_file, encoding="utf-8") as file:
        karpenter = json.load(file)

    types = {name: row(entry) for name, entry in moto.items() if kept(name, entry)}
    wrong = disagreements(types, karpenter)
    if wrong:
        raise SystemExit("the two sources disagree:\n" + "\n".join(wrong))
    single = sorted({name.split(".")[0] for name in types.keys() - karpenter["types"].keys()})

    header = {
        "sources": {
            "moto": f"moto {version} of {date}, moto/ec2/resources/instance_types.json.gz: "
            "AWS's own answer to DescribeInstanceTypes; every column is from here",
            "karpenter": f"{karpenter['source']}. For checking only: vcpu, whole memoryGiB, "
            "architecture, ebsMaximumMbps and localNvmeGB agree for every type",
        },
        "notInKarpenter": ", ".join(single),
        "columns": COLUMNS,
        "units": {
            "memoryGiB": "GiB",
            "ebsBaselineMbps": "megabit/s the type sustains without end; 8 Mbps = 1 MB/s of volume throughput",
            "ebsMaximumMbps": "megabit/s; where above the baseline, a burst of at least 30 minutes once in 24 hours",
            "ebsBaselineIops": "16 KiB operations/s the type sustains without end",
            "ebsMaximumIops": "16 KiB operations/s in the same burst",
            "localNvmeGB": "GB (10^9 bytes) of all local NVMe disks together, 0 = none",
            "localNvmeDisks": "disks, 0 = none",
        },
        "note": "null = unknown. Left out: " + "; ".join(f"{why}: {names}" for why, names in DROPPED.items())
        + "; Mac, memory of 3 TiB and more (u-*, u7i*), GPU and other accelerators.",
    }
    lines = [f'  "{name}": {json.dumps(values)}' for name, values in sorted(types.items(), key=order)]
    text = json.dumps(header, indent=1)[:-2] + ',\n "types": {\n' + ",\n".join(lines) + "\n }\n}"
    json.loads(text)
    print(text)


def order(item):
    """By family, then by size: vCPUs, then the name."""
    name, values = item
    return name.split(".")[0], values[0], "metal" in name, values[1], name


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])
