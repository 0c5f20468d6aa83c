"""Fills a node's empty data directory from an archive. It touches no directory that has data.

The archive is unpacked while it comes, beside the data directory, and becomes it when it is whole and its checksum is right: it
needs no room of its own, and nobody ever sees half of it. A connection that breaks is taken up where it broke.
"""

import bz2
import gzip
import hashlib
import http.client
import io
import lzma
import os
import pathlib
import shutil
import signal
import sys
import tarfile
import time
import urllib.error
import urllib.request
import zlib

URL = os.environ["BOOTSTRAP_URL"]
SHA256 = os.environ.get("BOOTSTRAP_SHA256", "")
STRIP = int(os.environ.get("BOOTSTRAP_STRIP", "0"))
TARGET = pathlib.Path(os.environ.get("DATA", "/data"), os.environ["BOOTSTRAP_DIRECTORY"])
# Files by which peers know a node, below the data: who made the archive had its own.
IDENTITY = [TARGET.joinpath(file) for file in os.environ.get("IDENTITY_FILES", "").split()]
# Attempts in a row that bring nothing; the pause between them doubles, to five minutes.
ATTEMPTS = int(os.environ.get("FETCH_ATTEMPTS", "12"))
PAUSE_SECONDS = float(os.environ.get("FETCH_PAUSE_SECONDS", "5"))


def fail(reason: str) -> None:
    sys.exit(f"{reason}; nothing was put in place")


class OnlyHttps(urllib.request.HTTPRedirectHandler):
    """An archive that comes from nobody known is worth nothing, wherever it leads."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # noqa: ANN001
        if URL.startswith("https://") and not newurl.startswith("https://"):
            fail(f"{URL} leads to an address without https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


OPENER = urllib.request.build_opener(OnlyHttps)


class Archive(io.RawIOBase):
    """The archive as a stream that survives broken connections."""

    def __init__(self) -> None:
        self.sum = hashlib.sha256()
        self.offset = 0
        self.total: int | None = None
        self.tag: str | None = None
        self.answer = None
        self.failures = 0

    def connect(self) -> None:
        request = urllib.request.Request(URL)
        if self.offset > 0:
            request.add_header("Range", f"bytes={self.offset}-")
            if self.tag:
                request.add_header("If-Range", self.tag)
        answer = OPENER.open(request, timeout=120)
        part = f"bytes {self.offset}-{(self.total or 0) - 1}/{self.total}"
        if self.offset > 0 and (answer.status != 206 or answer.headers.get("Content-Range") != part):
            fail(f"the connection broke after {self.offset} bytes, and the archive has changed or its server knows no parts")
        if self.offset == 0:
            length = answer.headers.get("Content-Length")
            if length is None:
                fail("the server does not say how large the archive is; take it from another")
            self.total = int(length)
            # A weak tag does not promise that the bytes are the same.
            tag = answer.headers.get("ETag", "")
            self.tag = tag if tag.startswith('"') else answer.headers.get("Last-Modified")
            free = shutil.disk_usage(TARGET.parent).free
            if free < self.total:
                fail(f"the archive has {self.total} bytes and the disk has room for {free}; grow the disk")
        self.answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while self.total is None or self.offset < self.total:
            try:
                if self.answer is None:
                    self.connect()
                data = self.answer.read(len(buffer))
            except urllib.error.HTTPError as error:
                if 400 <= error.code < 500 and error.code not in (408, 425, 429):
                    fail(f"the server answers with status {error.code}; see that {URL} is right")
                data = b""
            except (OSError, http.client.HTTPException):
                data = b""
            if data:
                # That it breaks after that is no attempt that brought nothing.
                self.failures = -1
                self.offset += len(data)
                self.sum.update(data)
                buffer[: len(data)] = data
                return len(data)
            self.answer = None
            self.failures += 1
            if self.failures >= ATTEMPTS:
                fail(f"no answer in {self.failures} attempts after {self.offset} bytes")
            time.sleep(min(PAUSE_SECONDS * 2 ** (self.failures - 1), 300))
        return 0


def decompressed(stream: io.BufferedReader) -> io.BufferedIOBase:
    """By what it begins with, and however many parts it was compressed in."""
    begin = stream.peek(6)
    if begin.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream)
    if begin.startswith(b"BZh"):
        return bz2.BZ2File(stream)
    return lzma.LZMAFile(stream) if begin.startswith(b"\xfd7zXZ\0") else stream


class Member(tarfile.TarInfo):
    """What is broken is not the end: it would be half of the data."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> "Member":
        try:
            return super().frombuf(buf, encoding, errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:
            raise tarfile.ReadError(str(error)) from None


def stripped(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """As tar strips: "." counts as a part, and a hard link follows the file that it is one of."""
    name, target = ("/".join([part for part in path.split("/") if part][STRIP:]) for path in (member.name, member.linkname))
    if not name:
        return None
    return member.replace(name=name, linkname=target if member.islnk() else member.linkname, deep=False)


def unpack(staging: pathlib.Path) -> str:
    """Fills the directory, and gives the archive's checksum."""
    archive = Archive()
    buffered = io.BufferedReader(archive, 1 << 16)
    try:
        stream = decompressed(buffered)
        with tarfile.open(fileobj=stream, mode="r|", bufsize=1 << 16, copybufsize=1 << 16, tarinfo=Member) as tar:
            for member in tar:
                # It would keep what it knows of each file, of which there may be a million.
                tar.members.clear()
                inside = stripped(member)
                if inside is not None:
                    # `data` refuses what would land elsewhere, devices and owners (Python, PEP 706).
                    tar.extract(inside, staging, filter="data")
        # What stands behind the last file: the checksum is that of the whole.
        for rest in (stream, buffered):
            while rest.read(1 << 20):
                pass
    except (tarfile.TarError, EOFError, KeyError, ValueError, OSError, zlib.error, lzma.LZMAError) as error:
        fail(f"what came from {URL} could not be unpacked ({error}); see that it is a tar, plain or by gzip, bzip2 or xz, and fits the disk")
    return archive.sum.hexdigest()


def put_in_place(staging: pathlib.Path) -> None:
    for file in IDENTITY:
        (staging / file.relative_to(TARGET)).unlink(missing_ok=True)
    if not any(staging.iterdir()):
        fail(f"the archive is empty, or strip {STRIP} leaves nothing of it")
    os.sync()
    try:
        # Only ever an empty directory: rename replaces no other.
        staging.rename(TARGET)
    except OSError as error:
        fail(f"{TARGET} cannot be replaced ({error})")


def main() -> None:
    if TARGET.is_dir() and any(TARGET.iterdir()):
        print(f"{TARGET} has data; nothing to do")
        return
    staging = TARGET.with_name(TARGET.name + ".bootstrap")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    print(f"filling {TARGET} from {URL}", flush=True)
    try:
        found = unpack(staging)
        if SHA256 and found != SHA256:
            fail(f"the archive has the checksum {found} instead of {SHA256}")
        put_in_place(staging)
    except BaseException:
        # Nobody else would, when the next try is of another archive, or of none.
        shutil.rmtree(staging, ignore_errors=True)
        raise
    print(f"the data is in place; sha256 {found}{', as expected' if SHA256 else ', not compared with any'}")


if __name__ == "__main__":
    # The first process of a container is ended by no signal that it has not asked for.
    signal.signal(signal.SIGTERM, lambda *_: fail("ended in the middle"))
    main()
