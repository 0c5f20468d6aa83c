import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, type Result, release, scripts } from './host';

// Needs root and loop devices, and fails where it has none: a disk that was never tried is not a disk that works.

jest.setTimeout(30_000);

const label = 'chain-testnet-c';
const ours = release('image: client:1\n', {
  files: { 'host/prepare-disk.sh': fs.readFileSync(path.join(scripts, 'prepare-disk.sh'), 'utf8') },
});
const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' });

/** A disk as a sparse file behind a loop device. */
class Disk {
  readonly file: string;
  readonly device: string;

  constructor(
    readonly host: Host,
    megabytes = 64,
  ) {
    this.file = path.join(host.folder, `disk-${fs.readdirSync(host.folder).length}`);
    this.grow(megabytes);
    this.device = sh(`losetup --find --show ${this.file}`).trim();
    host.write('fake/devices', `${host.read('fake/devices')}${this.device}\n`);
  }

  grow(megabytes: number): void {
    sh(`truncate --size ${megabytes}M ${this.file}`);
    if (this.device) sh(`losetup --set-capacity ${this.device}`);
  }

  attach(name: string): void {
    const links = path.join(this.host.root, 'dev/disk/by-id');
    fs.mkdirSync(links, { recursive: true });
    fs.symlinkSync(this.device, path.join(links, name));
  }

  sum(): string {
    return sh(`sha256sum <${this.device}`);
  }

  remove(): void {
    sh(`losetup --detach ${this.device}`);
  }
}

const volume = 'nvme-Amazon_Elastic_Block_Store_vol0123';
const local = 'nvme-Amazon_EC2_NVMe_Instance_Storage_AWS';

let host: Host;
let disks: Disk[];
const disk = (name?: string): Disk => {
  const made = new Disk(host);
  disks.push(made);
  if (name) made.attach(name);
  return made;
};
const script = (name: string): string => path.join(host.root, 'opt/chain-node/current/host', name);
const prepare = (environment: Record<string, string> = {}, ...args: string[]): Promise<Result> =>
  host.run(script('prepare-disk.sh'), args, { DISK_WAIT_SECONDS: '5', DISK_PAUSE_SECONDS: '0.1', ...environment });
/** With the commands that the test put into bin/ before all others. */
const prepareWithBin = (): Promise<Result> =>
  host.run('bash', ['-c', `PATH=${host.folder}/bin:$PATH ${script('prepare-disk.sh')}`]);
const mounted = (): string => sh(`findmnt --noheadings --output SOURCE --mountpoint ${host.root}/data || true`).trim();
const unmount = (): void => void sh(`! mountpoint --quiet ${host.root}/data || umount ${host.root}/data`);
const begin = (storage?: Readonly<Record<string, string>>): void => {
  host = Host.create(storage);
  host.place(ours);
  disks = [];
};

beforeEach(() => begin());
afterEach(() => {
  unmount();
  for (const made of disks) made.remove();
  host.remove();
});

test('this machine can try disks: root, and loop devices', () => {
  expect(process.getuid?.()).toBe(0);
  expect(sh('losetup --find')).toMatch(/^\/dev\/loop/);
});

test('a blank disk is formatted once, with the label, and mounted', async () => {
  const { device } = disk(volume);
  const { status, output } = await prepare();
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('which is blank') });
  expect(mounted()).toBe(device);
  expect(sh(`blkid -p -s LABEL -s TYPE -o value ${device}`)).toBe(`${label}\next4\n`);
  expect(host.read('root/etc/systemd/system/data.mount')).toMatch(/^Options=noatime,nofail$/m);
  // The bare directory is closed for writing, and only that.
  expect(host.calls().filter((call) => call.startsWith('chattr'))).toEqual([`chattr +i ${host.root}/data`]);
  expect(host.calls()).toContain('systemctl enable data.mount');
});

test('data is intact after three boots', async () => {
  disk(volume);
  await prepare();
  const uuid = sh(`blkid -p -s UUID -o value ${mounted()}`);
  host.write('root/data/blocks', 'two weeks of syncing');
  for (let boot = 0; boot < 3; boot += 1) {
    unmount();
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({ status: 0, output: expect.not.stringContaining('formatting') });
    expect(host.read('root/data/blocks')).toBe('two weeks of syncing');
  }
  // Once more while it is mounted.
  expect(await prepare()).toEqual({ status: 0, output: '' });
  expect(sh(`blkid -p -s UUID -o value ${mounted()}`)).toBe(uuid);
});

test('data is intact on another host and under another device name', async () => {
  const { file } = disk(volume);
  await prepare();
  host.write('root/data/blocks', 'two weeks of syncing');
  unmount();
  const before = { host, disks };
  for (const made of before.disks) made.remove();
  begin();
  disk(); // takes the name that the disk had
  fs.copyFileSync(file, path.join(host.folder, 'moved'));
  before.host.remove();
  const device = sh(`losetup --find --show ${host.folder}/moved`).trim();
  const moved = Object.assign(Object.create(Disk.prototype) as Disk, { host, device });
  disks.push(moved);
  host.write('fake/devices', `${device}\n`);
  moved.attach(volume);
  expect((await prepare()).status).toBe(0);
  expect(host.read('root/data/blocks')).toBe('two weeks of syncing');
});

test.each<[string, string, RegExp]>([
  ['ext4 of someone else', 'mkfs.ext4 -q -L other $D', /found (?=.*TYPE=ext4)(?=.*LABEL=other)/],
  ['ext4 without a label', 'mkfs.ext4 -q $D', /found .*TYPE=ext4/],
  ['another filesystem with our label', `mkfs.ext2 -q -L ${label} $D`, /found (?=.*TYPE=ext2)/],
  ['swap', 'mkswap $D', /found .*TYPE=swap/],
  [
    'a DOS partition table',
    "printf '\\x55\\xaa' | dd of=$D bs=1 seek=510 conv=notrunc; printf '\\x80\\0\\0\\0\\x83\\0\\0\\0\\0\\x08\\0\\0\\0\\x08\\0\\0' | dd of=$D bs=1 seek=446 conv=notrunc",
    /found PTTYPE=dos/,
  ],
  [
    'our label under the header of an encrypted disk',
    `mkfs.ext4 -q -L ${label} $D; printf 'LUKS\\xba\\xbe\\0\\1' | dd of=$D conv=notrunc`,
    /found TYPE=crypto_LUKS/,
  ],
  [
    'two signatures',
    `mkfs.ext4 -q -L ${label} $D; printf hsqs | dd of=$D conv=notrunc`,
    /found signatures that do not agree: .*ext4/,
  ],
])('%s is refused, and nothing is written', async (_name, make, message) => {
  const made = disk(volume);
  sh(`D=${made.device}; { ${make}; } >/dev/null 2>&1`);
  const before = made.sum();
  const { status, output } = await prepare();
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringMatching(message) });
  expect(output).toContain('nothing was changed');
  expect(mounted()).toBe('');
  expect(made.sum()).toBe(before);
  expect(host.exists('root/etc/systemd/system/data.mount')).toBe(false);
});

test('a disk that is refused is named in the journal and on the console, with what to do', async () => {
  const { device } = disk(volume);
  sh(`mkfs.ext4 -q -L other ${device}`);
  host.write('root/dev/console', '');
  await prepare();
  const { journal, console } = host.said('disk');
  for (const text of [journal, console]) {
    expect(text).toMatch(new RegExp(`refusing ${device}: found .*LABEL=other.*, expected .*; nothing was changed`));
    expect(text).toContain("attach the node's own volume");
  }
});

test('a disk whose formatting was ended half-way is blank as before, whatever was written', async () => {
  const half = (write: number): string =>
    `#!/bin/bash\nexec strace -f -o ${host.folder}/writes -e trace=pwrite64 -e inject=pwrite64:signal=KILL:when=${write} /usr/sbin/mkfs.ext4 "$@"\n`;
  const made = disk(volume);
  host.write('bin/mkfs.ext4', half(60_000), 0o755);
  expect(await prepareWithBin()).toMatchObject({ status: 0 });
  const writes = Number(sh(`grep --count pwrite64 ${host.folder}/writes`));
  expect(writes).toBeGreaterThan(100);
  const points = [
    1,
    2,
    3,
    10,
    ...[0.2, 0.4, 0.6, 0.8].map((part) => Math.floor(part * writes)),
    writes - 2,
    writes - 1,
    writes,
  ];
  for (const point of points) {
    unmount();
    sh(`truncate --size 0 ${made.file} && truncate --size 64M ${made.file} && blockdev --flushbufs ${made.device}`);
    fs.rmSync(path.join(host.root, 'dev/disk/by-label'), { recursive: true, force: true });
    host.write('bin/mkfs.ext4', half(point), 0o755);
    expect([point, (await prepareWithBin()).status]).not.toEqual([point, 0]);
    expect([point, mounted()]).toEqual([point, '']);
    expect([point, await prepare()]).toMatchObject([point, { status: 0 }]);
    expect([point, mounted()]).toEqual([point, made.device]);
  }
});

test('a device that cannot be read is not a blank one', async () => {
  disk(volume);
  host.write('bin/head', '#!/bin/bash\nexit 1\n', 0o755);
  const { status, output } = await prepareWithBin();
  expect(status).toBe(1);
  expect(output).toContain('cannot read');
  expect(mounted()).toBe('');
});

// Root of a small virtual machine or a container may lack the capability that growing a mounted filesystem needs.
const mayGrowMounted = (): boolean => {
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1]}`);
  return ((effective >> 24n) & 1n) === 1n;
};

test('a volume that grew is grown, mounted or not', async () => {
  const made = disk(volume);
  await prepare();
  host.write('root/data/blocks', 'two weeks of syncing');
  const size = (): number => Number(sh(`df --output=size --block-size=1M ${host.root}/data | tail -n 1`));
  const before = size();
  made.grow(128);
  if (!mayGrowMounted()) {
    console.warn(
      'NOT RUN: root has no CAP_SYS_RESOURCE here, so that the disk was grown unmounted in place of mounted',
    );
    host.write(
      'bin/resize2fs',
      `#!/bin/bash\nset -e\numount $ROOT/data\ne2fsck -fp "$1"\n/usr/sbin/resize2fs "$1"\nmount "$1" $ROOT/data\n`,
      0o755,
    );
  }
  expect((await prepareWithBin()).status).toBe(0);
  const online = size();
  expect(online).toBeGreaterThan(before * 1.8);
  unmount();
  made.grow(192);
  expect((await prepareWithBin()).status).toBe(0);
  expect(size()).toBeGreaterThan(online * 1.3);
  expect(host.read('root/data/blocks')).toBe('two weeks of syncing');
});

test('a volume that cannot be grown is reported, and stays mounted', async () => {
  const { device } = disk(volume);
  await prepare();
  host.write('bin/resize2fs', '#!/bin/bash\necho no, thank you >&2; exit 1\n', 0o755);
  const { status, output } = await prepareWithBin();
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('no, thank you') });
  expect(mounted()).toBe(device);
});

test('a disk that does not come is waited for, then reported', async () => {
  const { status, output } = await prepare({ DISK_WAIT_SECONDS: '1' });
  expect(status).toBe(1);
  expect(output).toMatch(/no disk .*vol0123 after 1 seconds; attach the volume/);
});

test('a disk that comes late is used', async () => {
  const running = prepare();
  const { device } = await new Promise<Disk>((done) => setTimeout(() => done(disk(volume)), 500));
  expect((await running).status).toBe(0);
  expect(mounted()).toBe(device);
});

test('of two disks with the label, none is mounted', async () => {
  const made = disk(volume);
  const other = disk();
  for (const { device } of [made, other]) sh(`mkfs.ext4 -q -L ${label} ${device}`);
  const { status, output } = await prepare();
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('two disks have the label') });
  expect(mounted()).toBe('');
});

test('another disk beside it is not touched', async () => {
  const { device } = disk(volume);
  const other = disk();
  sh(`mkfs.ext4 -q -L other ${other.device}`);
  const before = other.sum();
  expect((await prepare()).status).toBe(0);
  expect(mounted()).toBe(device);
  expect(other.sum()).toBe(before);
});

test('something else that is mounted there is left alone', async () => {
  disk(volume);
  const other = disk();
  sh(`mkfs.ext4 -q -L other ${other.device} && mkdir -p ${host.root}/data && mount ${other.device} ${host.root}/data`);
  const { status, output } = await prepare();
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('is mounted at') });
  expect(mounted()).toBe(other.device);
});

test('two runs at once format once', async () => {
  disk(volume);
  const both = await Promise.all([prepare(), prepare()]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  expect(both.filter(({ output }) => output.includes('formatting'))).toHaveLength(1);
});

test('start.sh starts nothing unless the volume itself is mounted', async () => {
  const start = (): Promise<Result> => host.run(script('start.sh'), [], { CHAIN_NODE_UNIT: 'yes' });
  disk(volume);
  expect((await start()).status).toBe(1);
  await prepare();
  expect((await start()).status).toBe(0);
  unmount();
  expect((await start()).output).toContain('nothing is started');
  // Another disk, be it with our label, is not the volume.
  const other = disk();
  sh(`mkfs.ext4 -q -L ${label} ${other.device} && mount ${other.device} ${host.root}/data`);
  expect((await start()).status).toBe(1);
  expect(host.steps()).toEqual([]);
});

test('apply-release goes from a blank disk to a running node, and a refused disk stops it', async () => {
  fs.rmSync(path.join(host.root, 'opt'), { recursive: true });
  host.upload(ours);
  const made = disk(volume);
  sh(`mkfs.ext4 -q -L other ${made.device}`);
  const refused = await host.apply({ DISK_WAIT_SECONDS: '5' });
  expect(refused).toMatchObject({ status: 1, output: expect.stringContaining('LABEL=other') });
  expect(host.node()).toEqual({ active: false, containers: [] });
  expect(host.exists('root/data')).toBe(false);
  sh(`wipefs --quiet --all ${made.device}`);
  expect((await host.apply({ DISK_WAIT_SECONDS: '5' })).status).toBe(0);
  expect(host.node().active).toBe(true);
  expect(mounted()).toBe(made.device);
  expect(host.exists('root/data/blockchain/nodes/chains/chain/data/testnet/one')).toBe(true);
});

describe('a disk that was made from a snapshot', () => {
  const KEY = 'blockchain/nodes/chains/chain/data/testnet/one/key';
  const withSnapshot = (bootstrap = 'snapshot', node: Readonly<Record<string, string>> = {}) =>
    release('image: client:1\n', {
      node: { BOOTSTRAP: bootstrap, IDENTITY_FILES: '"data/testnet/one/key"', ...node },
      files: { 'host/prepare-disk.sh': fs.readFileSync(path.join(scripts, 'prepare-disk.sh'), 'utf8') },
    });
  const OWNER = { node: 'chain-testnet-client-2', chain: 'chain', network: 'testnet', client: 'client' };
  const labelOf = (device: string): string => sh(`blkid -p -s LABEL -o value ${device}`).trim();

  /** A disk as a node of this owner leaves it; not cleanly, as a snapshot finds it. */
  const snapshotOf = (owner: object | undefined, nodeLabel = 'chain-0123456789'): Disk => {
    const made = disk(volume);
    const at = path.join(host.folder, 'made');
    sh(`mkfs.ext4 -q -L ${nodeLabel} ${made.device} && mkdir -p ${at} && mount ${made.device} ${at}`);
    fs.mkdirSync(path.dirname(path.join(at, KEY)), { recursive: true });
    fs.writeFileSync(path.join(at, KEY), 'who it was');
    fs.writeFileSync(path.join(at, 'blocks'), 'two weeks of syncing');
    fs.writeFileSync(path.join(at, '.chain-node-healthy'), '');
    if (owner) fs.writeFileSync(path.join(at, '.chain-node.json'), JSON.stringify(owner));
    sh(`sync --file-system ${at} && cp --sparse=always ${made.file} ${made.file}.snapshot && umount ${at}`);
    sh(`dd if=${made.file}.snapshot of=${made.device} bs=1M status=none && sync`);
    return made;
  };
  beforeEach(() => {
    host.remove();
    begin();
    host.place(withSnapshot());
  });

  test('of another node that runs the same is taken over: its data, and not its identity', async () => {
    const { device } = snapshotOf(OWNER);
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('taking over') });
    expect(mounted()).toBe(device);
    expect(labelOf(device)).toBe(label);
    expect(host.read('root/data/blocks')).toBe('two weeks of syncing');
    expect(host.exists(`root/data/${KEY}`)).toBe(false);
    // Nobody has seen this node healthy.
    expect(host.exists('root/data/.chain-node-healthy')).toBe(false);
    expect(output).not.toContain('formatting');
  });

  // In the form of every node's: in that of the other tests no node has one.
  const OWN = 'chain-abcdef0123';
  const named = (bootstrap = 'snapshot') => withSnapshot(bootstrap, { FILESYSTEM_LABEL: OWN });

  test.each([
    ['as it says', { ...OWNER, environment: 'test' }],
    ['that says no environment', OWNER],
    ['that says nothing', undefined],
  ])('of the node itself, %s, is its own, identity included', async (_, owner) => {
    host.place(named());
    snapshotOf(owner, OWN);
    expect((await prepare()).output).not.toContain('taking over');
    expect(host.read(`root/data/${KEY}`)).toBe('who it was');
  });

  test('of the same node of another environment is taken over, once, without its identity', async () => {
    host.place(named());
    snapshotOf({ ...OWNER, node: 'chain-testnet-client', environment: 'production' }, OWN);
    expect(await prepare()).toMatchObject({ status: 0, output: expect.stringContaining('taking over') });
    expect([host.exists(`root/data/${KEY}`), host.read('root/data/blocks')]).toEqual([false, 'two weeks of syncing']);
    expect(JSON.parse(host.read('root/data/.chain-node.json'))).toEqual({
      ...OWNER,
      node: 'chain-testnet-client',
      environment: 'test',
    });
    fs.writeFileSync(path.join(host.root, 'data', KEY), 'who it is');
    unmount();
    expect((await prepare()).output).not.toContain('taking over');
    expect(host.read(`root/data/${KEY}`)).toBe('who it is');
  });

  test('of the same node of another environment is refused where nothing begins with a snapshot', async () => {
    host.place(named('empty'));
    const made = snapshotOf({ ...OWNER, environment: 'production' }, OWN);
    const before = made.sum();
    const { status, output } = await prepare();
    expect([status, output]).toEqual([1, expect.stringContaining('of the environment production, expected')]);
    expect([made.sum(), mounted()]).toEqual([before, '']);
  });

  test('is taken over once: what the node makes after that is its own', async () => {
    snapshotOf(OWNER);
    await prepare();
    fs.writeFileSync(path.join(host.root, 'data', KEY), 'who it is');
    unmount();
    expect((await prepare()).output).not.toContain('taking over');
    expect(host.read(`root/data/${KEY}`)).toBe('who it is');
  });

  test.each([
    ['another chain', { ...OWNER, chain: 'other' }],
    ['another network', { ...OWNER, network: 'mainnet' }],
    ['another client', { ...OWNER, client: 'other' }],
    ['nobody knows whom', undefined],
  ])('of %s is refused, and nothing is written', async (_, owner) => {
    const made = snapshotOf(owner);
    const before = made.sum();
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('nothing was changed') });
    expect(made.sum()).toBe(before);
    expect(mounted()).toBe('');
  });

  test.each(['empty', 'url'])('is refused by a node that begins with %s', async (bootstrap) => {
    host.place(withSnapshot(bootstrap));
    const made = snapshotOf(OWNER);
    const before = made.sum();
    expect((await prepare()).status).toBe(1);
    expect(made.sum()).toBe(before);
  });

  test('whatever step it is ended at, the next run takes it over, and no key is left', async () => {
    const steps = ['e2fsck', 'umount', 'rm', 'jq', 'mv', 'e2label', 'mount'];
    for (const step of steps) {
      unmount();
      for (const made of disks.splice(0)) made.remove();
      host.remove();
      begin();
      host.place(withSnapshot());
      const { device } = snapshotOf(OWNER);
      // Ended just after the step, the second time that it comes: the first belongs to the look.
      const nth = ['mount', 'umount', 'jq'].includes(step) ? 2 : 1;
      host.write('bin/count', '0');
      const real = sh(`command -v ${step}`).trim();
      host.write(
        `bin/${step}`,
        `#!/bin/bash\n${real} "$@"; status=$?\nn=$(($(cat ${host.folder}/bin/count) + 1)); echo $n >${host.folder}/bin/count\n[ $n -ne ${nth} ] || kill -KILL $PPID\nexit $status\n`,
        0o755,
      );
      expect([step, (await prepareWithBin()).status]).not.toEqual([step, 0]);
      fs.rmSync(path.join(host.folder, 'bin'), { recursive: true });
      expect([step, await prepare()]).toMatchObject([step, { status: 0 }]);
      expect([step, mounted(), labelOf(device), host.exists(`root/data/${KEY}`)]).toEqual([step, device, label, false]);
      expect(host.read('root/data/blocks')).toBe('two weeks of syncing');
    }
  });
});

describe('a disk that grows while it is in use', () => {
  test('is looked at without a release, and nothing else is done', async () => {
    const { device } = disk(volume);
    expect(await prepare({}, '--grow')).toEqual({ status: 0, output: '' });
    expect([mounted(), sh(`blkid -p ${device} || true`)]).toEqual(['', '']);
    await prepare();
    host.write('bin/resize2fs', '#!/bin/bash\necho "$@" >"$FAKE/resized"\n', 0o755);
    const grow = () => host.run('bash', ['-c', `PATH=${host.folder}/bin:$PATH ${script('prepare-disk.sh')} --grow`]);
    expect((await grow()).status).toBe(0);
    expect(host.read('fake/resized')).toBe(`${device}\n`);
    // A filesystem that a backup holds would hold the writer as well.
    fs.rmSync(path.join(host.fake, 'resized'));
    host.write('root/run/chain-node/hold', '');
    expect((await grow()).status).toBe(0);
    expect(host.exists('fake/resized')).toBe(false);
  });
});

describe('whether the disk is ready is a number', () => {
  const metric = 'root/var/lib/prometheus/node-exporter/chain_node_disk.prom';
  const labels = 'node="chain-testnet-client",chain="chain",network="testnet",client="client"';
  const sent = (): string[] => host.calls().filter((call) => call.startsWith('aws cloudwatch'));

  test('1 when it is', async () => {
    disk(volume);
    await prepare();
    expect(host.read(metric)).toBe(`chain_disk_ready{${labels}} 1\n`);
    expect(sent()).toHaveLength(1);
  });

  test('0 when it is refused, or does not come', async () => {
    const made = disk(volume);
    sh(`mkfs.ext4 -q -L other ${made.device}`);
    await prepare();
    expect(host.read(metric)).toBe(`chain_disk_ready{${labels}} 0\n`);
    expect(sent()).toEqual([expect.stringMatching(/^aws cloudwatch put-metric-data/)]);
    fs.rmSync(path.join(host.root, 'var'), { recursive: true });
    fs.rmSync(path.join(host.root, 'dev'), { recursive: true });
    await prepare({ DISK_WAIT_SECONDS: '0' });
    expect(host.read(metric)).toBe(`chain_disk_ready{${labels}} 0\n`);
  });
});

describe('instance store', () => {
  beforeEach(() => {
    host.remove();
    begin({ STORAGE: 'instance-store', VOLUME_ID: '' });
  });

  test('one disk needs no array, by whatever names it goes', async () => {
    const made = disk(`${local}0A`);
    made.attach(`${local}0A_1`);
    made.attach(`${local}0A_ns_1`);
    expect((await prepare()).status).toBe(0);
    expect(mounted()).toBe(made.device);
    host.write('root/data/blocks', 'kept over a reboot');
    unmount();
    expect((await prepare()).status).toBe(0);
    expect(host.read('root/data/blocks')).toBe('kept over a reboot');
  });

  test('several blank disks become one array', async () => {
    // The kernel here may have no arrays: mdadm is a fake that puts the first disk under the array's name.
    const made = [disk(`${local}0A`), disk(`${local}0B`)].map(({ device }) => device);
    expect((await prepare()).status).toBe(0);
    expect(host.calls().filter((call) => call.startsWith('mdadm'))).toEqual([
      `mdadm --create ${host.root}/dev/md/chain-node --run --level=0 --raid-devices=2 --homehost=any --name=chain-node ${made.join(' ')}`,
    ]);
    expect(mounted()).toBe(made[0]);
  });

  /** The head of a disk of an array, as Linux writes it (version 1.2, 4 KiB into the disk). */
  const member = (): Buffer => {
    const block = Buffer.alloc(512);
    block.writeUInt32LE(0xa92b4efc, 0);
    block.writeUInt32LE(1, 4);
    block.write('chain-node', 32);
    block.writeUInt32LE(2, 92); // disks
    block.writeBigUInt64LE(8n, 144); // where this stands, in sectors
    let sum = 0n;
    for (let at = 0; at < 256; at += 4) sum += BigInt(block.readUInt32LE(at));
    block.writeUInt32LE(Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), 216);
    return block;
  };
  /** Two local disks of which an array is made, and the array. */
  const arrayed = (): { pair: Disk[]; array: Disk } => {
    const pair = [disk(`${local}0A`), disk(`${local}0B`)];
    const array = disk();
    host.write('fake/array', array.device);
    fs.writeFileSync(path.join(host.fake, 'member'), member());
    return { pair, array };
  };
  /** The instance boots: arrays are put together anew. */
  const reboot = (): void => {
    unmount();
    fs.rmSync(path.join(host.root, 'dev/md'), { recursive: true });
    fs.rmSync(path.join(host.root, 'dev/disk/by-label'), { recursive: true });
  };
  const blank = ({ file, device }: Disk): void =>
    void sh(`truncate --size 0 ${file} && truncate --size 64M ${file} && blockdev --flushbufs ${device}`);
  const mdadm = (): string[] => host.calls().flatMap((call) => /^mdadm (--\w+)/.exec(call)?.[1] ?? []);

  test('an array is put together again after a boot, with its data', async () => {
    const { array } = arrayed();
    expect(await prepare()).toMatchObject({ status: 0 });
    expect([mdadm(), mounted()]).toEqual([['--create'], array.device]);
    host.write('root/data/blocks', 'kept over a reboot');
    reboot();
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({
      status: 0,
      output: expect.stringContaining('assembling the array of 2'),
    });
    expect([mdadm(), output.includes('formatting')]).toEqual([['--assemble'], false]);
    expect(host.read('root/data/blocks')).toBe('kept over a reboot');
  });

  test('an array of which one disk is blank is refused, and nothing is written', async () => {
    const { pair } = arrayed();
    await prepare();
    reboot();
    blank(pair[1] as Disk);
    const before = pair.map((one) => one.sum());
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining('1 of 2 are part of an array and 1 are blank; nothing was changed'),
    });
    expect([mdadm(), mounted(), pair.map((one) => one.sum())]).toEqual([[], '', before]);
  });

  test('an array is made anew after a stop of the instance, which leaves blank disks', async () => {
    const { pair, array } = arrayed();
    await prepare();
    host.write('root/data/blocks', 'lost with the stop');
    reboot();
    for (const one of [...pair, array]) blank(one);
    expect(await prepare()).toMatchObject({ status: 0, output: expect.stringContaining('which is blank') });
    expect([mdadm(), mounted(), host.exists('root/data/blocks')]).toEqual([['--create'], array.device, false]);
  });

  test('an array that holds something else is refused, and nothing is written', async () => {
    const { array } = arrayed();
    await prepare();
    reboot();
    sh(`mkfs.ext4 -q -F -L other ${array.device}`);
    const before = array.sum();
    expect(await prepare()).toMatchObject({ status: 1, output: expect.stringMatching(/refusing .*LABEL=other/) });
    expect([mounted(), array.sum()]).toEqual(['', before]);
  });

  test('a disk with something else on it is refused', async () => {
    disk(`${local}0A`);
    const other = disk(`${local}0B`);
    sh(`mkfs.ext4 -q -L other ${other.device}`);
    const before = other.sum();
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringMatching(/refusing local disk .*LABEL=other/),
    });
    expect(other.sum()).toBe(before);
    expect(host.calls().filter((call) => call.startsWith('mdadm'))).toEqual([]);
  });

  test('a type without local disks is told apart', async () => {
    const { status, output } = await prepare();
    expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('no local NVMe disk') });
  });
});
