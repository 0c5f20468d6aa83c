"""ClickHouse's HTTP interface over ClickHouse in this process: clickhouse.py <tables.sql> <executions.jsonl> <user> <password>

Prints its port. Takes what a client of it sends: who asks in headers, the query in the body, parameters in the address.
"""

import http.server
import pathlib
import re
import sys
import urllib.parse

from chdb import session

tables, executions, user, password = sys.argv[1:]
database = session.Session()
for name in ("timeseries_days", "analytics_days"):
    database.query(f"SET param_{name} = 3650")
for statement in pathlib.Path(tables).read_text(encoding="utf-8").split(";"):
    if statement.strip():
        database.query(statement)
rows = pathlib.Path(executions).read_text(encoding="utf-8")
if rows.strip():
    # As the table reads what comes by a stream.
    database.query("SET date_time_input_format = 'best_effort'")
    # Twice: what a stream was not answered for it delivers again.
    for _ in range(2):
        database.query(f"INSERT INTO analytics.executions FORMAT JSONEachRow {rows}")
    (count,) = database.query("SELECT count() FROM analytics.executions", "TSV").bytes().split()
    assert int(count) == 2 * len(rows.strip().split("\n")), "what was delivered again is gone already, and nothing is tried"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if (self.headers["X-ClickHouse-User"], self.headers["X-ClickHouse-Key"]) != (user, password):
            return self.answer(403, f"Code: 516. DB::Exception: {self.headers['X-ClickHouse-User']}: Authentication failed")
        given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        try:
            database.query(f"USE {given['database']}")
            for name, value in given.items():
                if re.fullmatch(r"param_\w+", name):
                    database.query(f"SET {name} = '{value}'")
            return self.answer(200, database.query(query, given["default_format"]).bytes())
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
            return self.answer(500, str(error))

    def answer(self, status, body):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
