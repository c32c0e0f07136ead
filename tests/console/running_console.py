"""A running `lakelet web` and a client that speaks to it as a page does, or as somebody who shouldn't."""

import http.client
import json
import os
import re
import subprocess
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAKELET = os.environ.get("LAKELET", os.path.join(ROOT, "build", "lakelet"))


class Console:
    def __init__(self, folder, *arguments):
        command = [LAKELET, "web", *map(str, arguments), "--port", "0"]
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.seconds_to_start = time.monotonic() - self.started
        found = re.search(r"http://(\S+?):(\d+)/(?:\?token=(\w+))?", line)
        assert found, line + self.process.stderr.read()
        self.host, self.port, self.token = found[1], int(found[2]), found[3]
        self.origin = f"http://{self.host}:{self.port}"

    def request(self, method, path, body=None, headers=None, marked=True):
        """(status, headers, body) with exactly these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": f"{self.host}:{self.port}"}
        if method != "GET" and marked:
            sent |= {"X-Lakelet": "1", "Origin": self.origin}
        if isinstance(body, dict):
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        connection.request(method, path, body, {key: value for key, value in sent.items() if value is not None})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), content

    def get(self, path, expect=200, **parameters):
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        status, _, content = self.request("GET", path)
        assert status == expect, content
        return json.loads(content) if content else None

    def post(self, path, body=None, expect=200):
        status, _, content = self.request("POST", path, body if body is not None else "")
        assert status == expect, content
        return json.loads(content) if content else None

    def wait(self, query, seconds=60):
        deadline = time.monotonic() + seconds
        while query["state"] == "running":
            assert time.monotonic() < deadline, query
            time.sleep(0.01)
            query = self.get(f"/api/queries/{query['id']}")
        return query

    def start(self, kind, **what):
        return self.post("/api/queries", {"kind": kind} | what)

    def rows(self, kind="sql", **what):
        """The rows of a query; its problem if it has one."""
        query = self.wait(self.start(kind, **what))
        if "problem" in query:
            return query["problem"]
        return self.get(f"/api/queries/{query['id']}/rows", count=1000)["rows"]

    def job(self, verb, table="weather", expect=200, **what):
        """The status of maintenance that has ended."""
        status = self.post("/api/jobs", {"verb": verb, "table": table} | what, expect)
        deadline = time.monotonic() + 60
        while status.get("state") == "running":
            assert time.monotonic() < deadline, status
            time.sleep(0.01)
            status = self.get(f"/api/jobs/{status['id']}")
        return status

    def stop(self):
        self.process.terminate()
        code = self.process.wait(30)
        rest = self.process.stderr.read()
        self.process.stderr.close()
        return code, rest
