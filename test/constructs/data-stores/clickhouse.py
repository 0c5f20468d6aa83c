"""ClickHouse's HTTP interface, as far as the project's scripts use it, over chdb: one statement a request, with `param_` in the query.

    clickhouse.py <user> <password>     says its port, and serves until it is ended

chdb has no engine NATS: a table of that engine is one of the engine Null, which gives what is inserted to its views, with the columns that
the engine NATS adds.
"""

import http.server
import re
import sys
import tempfile
import urllib.parse

from chdb import session

USER, PASSWORD = sys.argv[1:]
FOLDER = tempfile.TemporaryDirectory()
SESSION = session.Session(FOLDER.name)
NATS = re.compile(r"\)\s*ENGINE = NATS\s+SETTINGS\b.*", re.DOTALL)
VIRTUAL = ", _subject String, _raw_message Nullable(String), _error Nullable(String)) ENGINE = Null"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        statement = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        if (self.headers["X-ClickHouse-User"], self.headers["X-ClickHouse-Key"]) != (USER, PASSWORD):
            return self.answer(403, "Code: 516. Authentication failed")
        parameters = {key.removeprefix("param_"): values[0] for key, values in query.items() if key.startswith("param_")}
        try:
            if "database" in query:
                SESSION.query(f"USE {query['database'][0]}")
            form = query.get("default_format", ["JSONEachRow"])[0]
            answer = SESSION.query(NATS.sub(VIRTUAL, statement), form, params=parameters or None)
            return self.answer(200, str(answer) if answer is not None else "")
        except Exception as error:  # whatever chdb refuses, the script is to see
            return self.answer(400, str(error))

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
