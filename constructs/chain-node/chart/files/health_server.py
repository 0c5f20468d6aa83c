"""Looks at the node every half minute and answers about it over HTTP, for Kubernetes, for a roll and for Prometheus.

  /                200 when the node is healthy and 503 otherwise, with what was found as JSON
  /live/<client>   503 when a client gave no answer the last time; a client that answers is alive, whatever it says
  /metrics         what was found, for Prometheus

A node that was healthy is reported so until it has failed three times in a row: one slow answer is no outage. What to ask, and
how an answer is read, comes with the node (health.json); this program knows no chain.
"""

import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

CONFIG = pathlib.Path(os.environ.get("CONFIG", "/opt/chain-node"))
DATA = pathlib.Path(os.environ.get("DATA", "/data"))
PORT = int(os.environ["PORT"])
PERIOD_SECONDS = float(os.environ.get("PERIOD_SECONDS", "30"))
# For a whole look; health-check.sh keeps to it.
LIMIT_SECONDS = float(os.environ.get("HEALTH_LIMIT_SECONDS", "10"))
STRIKES = 3
# Three times the period of the looks.
STALE_SECONDS = float(os.environ.get("STALE_SECONDS", "90"))
# How long ago a node may have been healthy to be expected healthy again after a roll.
RECENT_SECONDS = 3600

# On the data itself, so that it goes when the data does.
MARK = DATA / ".chain-node-healthy"


def was_healthy() -> bool:
    """Whether the node was healthy in the hour before this pod."""
    return MARK.exists() and time.time() - MARK.stat().st_mtime < RECENT_SECONDS


def silent(clients: list[dict], seconds: float) -> list[str]:
    """Clients that gave no answer. One that hangs takes the time of those after it, who then were not asked."""
    found = [one["client"] for one in clients if (one["reason"] or "").startswith("no answer")]
    return found[:1] if seconds > LIMIT_SECONDS - 1 else found


class Report:
    """What is known of the node; a new look replaces the one before at once."""

    def __init__(self) -> None:
        # What a roll must know: which release this is, and whether it may ask that the node be healthy again.
        self.facts = {"release": os.environ["RELEASE"], "wasHealthy": was_healthy()}
        self.last: dict | None = None

    def look(self) -> None:
        began = time.monotonic()
        done = subprocess.run(["bash", CONFIG / "host/health-check.sh"], stdout=subprocess.PIPE, text=True, check=False)
        try:
            latest = json.loads(done.stdout)
        except ValueError:
            print("the check itself failed; see what it says above", flush=True)
            return
        before, now = self.answer()["status"], latest["status"]
        strikes = 0 if now == "healthy" else (self.last["strikes"] if self.last else 0) + 1
        status = "healthy" if before == "healthy" and 0 < strikes < STRIKES else now
        at = time.monotonic()
        mute = silent(latest["clients"], at - began)
        self.last = {"status": status, "strikes": strikes, "at": at, "latest": latest, "silent": mute}
        if status != before:
            print(f"the node is {status}, was {before}: {latest['reason'] or 'all is well'}", flush=True)
        if now == "healthy":
            try:
                MARK.touch()
            except OSError as error:
                print(f"cannot write to the data disk, and the next roll may ask less of the node: {error}", flush=True)

    def disk(self) -> dict:
        disk = os.statvfs(DATA)
        return {"size": disk.f_blocks * disk.f_frsize, "available": disk.f_bavail * disk.f_frsize}

    def answer(self) -> dict:
        last = self.last
        age = time.monotonic() - last["at"] if last else 0
        if last is None:
            found = {"status": "unknown", "reason": "nobody has looked yet"}
        elif age > STALE_SECONDS:
            found = {"status": "unknown", "reason": f"nobody has looked for {age:.0f} seconds"}
        else:
            found = {"status": last["status"], "reason": last["latest"]["reason"], "latest": last["latest"]}
        return {**found, **self.facts, "disk": self.disk()}

    def alive(self, client: str) -> bool:
        """Nobody is called dead by who has not looked."""
        last = self.last
        return last is None or client not in last["silent"] or time.monotonic() - last["at"] > STALE_SECONDS

    def metrics(self) -> str:
        answer, last = self.answer(), self.last
        if last is None:
            return ""
        # Of an old look, only whose it was: its numbers would seem to be those of now.
        report = {"latest": {"status": "unknown", "labels": last["latest"]["labels"]}, **answer}
        read = ["jq", "--raw-output", "--from-file", CONFIG / "host/metrics.jq"]
        return subprocess.run(read, input=json.dumps(report), stdout=subprocess.PIPE, text=True, check=True).stdout


REPORT = Report()


class Answers(http.server.BaseHTTPRequestHandler):
    """One request, one answer."""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self.send(200, "text/plain; version=0.0.4", REPORT.metrics())
        elif self.path.startswith("/live/"):
            alive = REPORT.alive(self.path.removeprefix("/live/"))
            self.send(200 if alive else 503, "text/plain", "alive\n" if alive else "no answer\n")
        else:
            answer = REPORT.answer()
            self.send(200 if answer["status"] == "healthy" else 503, "application/json", json.dumps(answer) + "\n")

    def send(self, code: int, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Every probe would be a line."""


def look_for_ever() -> None:
    while True:
        try:
            REPORT.look()
        except Exception as error:  # Whatever it is: who stopped looking would know nothing for ever.
            print(f"the look failed: {error!r}", flush=True)
        time.sleep(PERIOD_SECONDS)


if __name__ == "__main__":
    # The first process of a container is ended by no signal that it has not asked for.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=look_for_ever, daemon=True).start()
    http.server.ThreadingHTTPServer(("", PORT), Answers).serve_forever()
