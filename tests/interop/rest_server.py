"""A REST catalog in memory, on a local warehouse, that can be told to misbehave. What a commit does to a table's metadata is pyiceberg's own reading of the updates, so that lakelet's are judged by
another's eyes."""

import http.server
import json
import pathlib
import re
import ssl
import threading
import urllib.parse
import uuid

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.rest.scan_planning import FetchScanTasksRequest, PlanTableScanRequest
from pyiceberg.conversions import to_json
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.manifest import DataFileContent
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import StaticTable
from pyiceberg.table.metadata import TableMetadataUtil, new_table_metadata
from pyiceberg.table.sorting import SortOrder
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata
from pydantic import TypeAdapter

ENDPOINTS = [  # what a server lists that has them all
    "GET /v1/{prefix}/namespaces",
    "POST /v1/{prefix}/namespaces",
    "GET /v1/{prefix}/namespaces/{namespace}",
    "DELETE /v1/{prefix}/namespaces/{namespace}",
    "POST /v1/{prefix}/namespaces/{namespace}/properties",
    "GET /v1/{prefix}/namespaces/{namespace}/tables",
    "POST /v1/{prefix}/namespaces/{namespace}/tables",
    "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}",
    "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}",
    "DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}",
    "POST /v1/{prefix}/namespaces/{namespace}/register",
    "GET /v1/{prefix}/namespaces/{namespace}/views",
    "GET /v1/{prefix}/namespaces/{namespace}/views/{view}",
    "POST /v1/{prefix}/tables/rename",
    "POST /v1/{prefix}/transactions/commit",
]
REQUIREMENTS, UPDATES = TypeAdapter(tuple[TableRequirement, ...]), TypeAdapter(tuple[TableUpdate, ...])


CONTENTS = {DataFileContent.DATA: "data", DataFileContent.POSITION_DELETES: "position-deletes", DataFileContent.EQUALITY_DELETES: "equality-deletes"}


def content_file(metadata, file):
    """ContentFile of the specification."""
    spec = metadata.specs()[file.spec_id]
    types = [field.field_type for field in spec.partition_type(metadata.schema()).fields]
    values = [None if value is None else to_json(kind, value) for kind, value in zip(types, (file.partition[i] for i in range(len(types))), strict=True)]
    return {"content": CONTENTS[file.content], "file-path": file.file_path, "file-format": str(file.file_format.value).lower(), "spec-id": file.spec_id, "partition": values,
            "file-size-in-bytes": file.file_size_in_bytes, "record-count": file.record_count}


class Refusal(Exception):
    def __init__(self, status, kind, message):
        super().__init__(message)
        self.status, self.kind = status, kind


class Fault:
    """What happens to the next `times` requests that match. `status`: the answer's; `after`: the request is carried out before; `cut`: the connection ends instead of an answer, or within it (`body`);
    `hold`: an event that is waited for first."""

    def __init__(self, method, path, *, times=1, status=None, after=False, cut=False, headers=None, body=None, hold=None):
        self.method, self.path, self.times = method, re.compile(path), times
        self.status, self.after, self.cut, self.headers, self.body, self.hold = status, after, cut, headers or {}, body, hold
        self.on_use, self.done = lambda: None, threading.Event()


class RestServer:
    """`with RestServer(folder) as server:` serves at `server.uri` until the end of the block."""

    def __init__(self, warehouse, *, certificate=None, page_size=None, client=None, prefix=None, etags=False, endpoints=None, config=None, table_config=None, signed=None, s3=None, credentials=None, keys=None, planning=None):
        self.warehouse, self.page_size, self.client, self.prefix, self.etags = str(warehouse), page_size, client, prefix, etags
        self.endpoints, self.config, self.table_config = endpoints, config or {}, table_config or {}
        self.signed = signed  # (region, service): requests are signed with these
        self.s3, self.credentials = s3, credentials  # a bucket for the files, and what storage-credentials has of a table
        self.keys, self.kept = keys, {}  # how long keys of changes are kept ("PT30M"), and what they were answered
        self.planning, self.plans = planning or {}, {}  # "polls": how often a plan isn't ready yet; "page": files of a task; "documents": instead of plans that are made
        self.namespaces, self.tables, self.views, self.tokens = {}, {}, set(), set()
        self.lock, self.faults, self.requests = threading.Lock(), [], []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                server.serve(self)

            do_GET = do_POST = do_DELETE = do_HEAD = answer

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        if certificate:  # a file with a key and a certificate in it
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
        self.uri = f"{'https' if certificate else 'http'}://127.0.0.1:{self.httpd.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.httpd.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.httpd.shutdown()
        self.httpd.server_close()

    def seen(self, method, path):
        """The requests so far that match."""
        return [request for request in self.requests if request["method"] == method and re.search(path, request["path"])]

    # --- HTTP ------------------------------------------------------------------------------------------------------
    def serve(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.requests.append({"method": handler.command, "path": url.path, "query": dict(urllib.parse.parse_qsl(url.query)), "headers": dict(handler.headers), "body": body})
        with self.lock:
            fault = next((fault for fault in self.faults if fault.times > 0 and fault.method == handler.command and fault.path.search(url.path)), None)
            if fault:
                fault.times -= 1
                fault.on_use()
        if fault and fault.hold:
            fault.hold.wait(600)
        done = None
        misbehaves = fault and (fault.status or fault.cut or fault.body is not None)
        if not misbehaves or fault.after or fault.hold:  # what was held is carried out late
            done = self.carry_out(handler, url, body)
        if fault:
            fault.done.set()
        if misbehaves:
            return self.misbehave(handler, fault)
        status, headers, content = done
        self.send(handler, status, headers, content)

    def misbehave(self, handler, fault):
        if fault.cut and fault.body is None:
            handler.close_connection = True
            return handler.connection.close()
        content = fault.body if fault.body is not None else b'{"error": {"message": "broken on purpose", "type": "Fault", "code": %d}}' % (fault.status or 200)
        handler.send_response(fault.status or 200)
        handler.send_header("Content-Length", str(len(content) + (1000 if fault.cut else 0)))
        for name, value in fault.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(content)
            handler.wfile.flush()
        except OSError:
            pass  # the client has had enough
        if fault.cut:
            handler.close_connection = True
            handler.connection.close()

    def send(self, handler, status, headers, content):
        text = b"" if content is None else json.dumps(content).encode()
        try:
            self.send_text(handler, status, headers, text)
        except OSError:
            pass  # nobody waits any more

    def send_text(self, handler, status, headers, text):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status not in (204, 304):
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        if handler.command != "HEAD" and status not in (204, 304):
            handler.wfile.write(text)

    def carry_out(self, handler, url, body):
        try:
            if url.path == "/v1/oauth/tokens":
                return 200, {}, self.get_token(dict(urllib.parse.parse_qsl(body.decode())))
            if self.signed:
                self.check_signature(handler, body)
            if self.client and handler.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                raise Refusal(401, "NotAuthorizedException", f"not authorized: {handler.headers.get('Authorization')}")
            with self.lock:
                answer = self.once(handler.headers.get("Idempotency-Key") if self.keys else None, handler.command, url.path, dict(urllib.parse.parse_qsl(url.query)), json.loads(body or b"null"))
            tag = {"ETag": f'"{answer["metadata-location"]}"'} if self.etags and answer and "metadata-location" in answer else {}
            if tag and handler.command == "GET" and handler.headers.get("If-None-Match") == tag["ETag"]:
                return 304, tag, None
            return (204 if answer is None else 200), tag, answer
        except Refusal as refusal:
            return refusal.status, {}, {"error": {"message": str(refusal), "type": refusal.kind, "code": refusal.status}}
        except CommitFailedException as failure:
            return 409, {}, {"error": {"message": str(failure), "type": "CommitFailedException", "code": 409}}
        except Exception as error:
            return 400, {}, {"error": {"message": f"{type(error).__name__}: {error}", "type": "BadRequestException", "code": 400}}

    def once(self, key, *request):
        if not key:
            return self.route(*request)
        if uuid.UUID(key).version != 7:
            raise Refusal(400, "BadRequestException", f"no UUID of version 7: {key}")
        before, status, answer = self.kept.get(key, (request, None, None))
        if before != request:
            raise Refusal(400, "BadRequestException", f"{key} was another request's")
        if status is None:
            try:
                self.kept[key] = (request, 200, self.route(*request))
            except (Refusal, CommitFailedException) as refusal:
                self.kept[key] = (request, 400, refusal)
        _, status, answer = self.kept[key]
        if status != 200:
            raise answer
        return answer

    def check_signature(self, handler, body):
        from botocore.auth import SigV4Auth
        from s3_gate import ID, SECRET, Refused, check_signature

        headers = {name.lower(): value for name, value in handler.headers.items()}
        region, service = self.signed
        try:
            if f"Credential={ID}/" not in headers.get("authorization", "") or f"/{region}/" not in headers["authorization"]:
                raise Refused(403, "", "not signed by who is known here")
            check_signature(handler.command, self.uri + handler.path, headers, body, SECRET, service, SigV4Auth)
        except Refused as refused:
            raise Refusal(403, "ForbiddenException", str(refused)) from refused

    def get_token(self, form):
        if self.client and f"{form.get('client_id')}:{form.get('client_secret')}" != self.client:
            raise Refusal(401, "invalid_client", f"no client {form.get('client_id')} with {form.get('client_secret')}")
        token = uuid.uuid4().hex
        self.tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": form.get("scope")}

    # --- the catalog -----------------------------------------------------------------------------------------------
    def route(self, method, path, query, body):
        if path == "/v1/config":
            overrides = {**({"prefix": self.prefix} if self.prefix else {}), **self.config}
            more = {"endpoints": self.endpoints, "idempotency-key-lifetime": self.keys}
            return {"defaults": {}, "overrides": overrides, **{name: value for name, value in more.items() if value}}
        start = f"/v1/{self.prefix}/" if self.prefix else "/v1/"
        if not path.startswith(start):
            raise Refusal(404, "NotFoundException", f"no route {path}")
        match [urllib.parse.unquote(part) for part in path.removeprefix(start).split("/")]:
            case ["namespaces"]:
                return self.list_namespaces(query) if method == "GET" else self.create_namespace(body)
            case ["namespaces", name]:
                return self.one_namespace(method, tuple(name.split("\x1f")))
            case ["namespaces", name, "tables"]:
                name = self.known(tuple(name.split("\x1f")))
                return self.list_tables(name, query) if method == "GET" else self.create_table(name, body)
            case ["namespaces", name, "register"]:
                return self.register(self.known(tuple(name.split("\x1f"))), body)
            case ["namespaces", name, "properties"]:
                return self.change_namespace(self.known(tuple(name.split("\x1f"))), body)
            case ["namespaces", name, "views"]:
                return self.page([{"namespace": list(space), "name": view} for space, view in sorted(self.views) if space == tuple(name.split("\x1f"))], "identifiers", query)
            case ["namespaces", name, "views", view]:
                return self.one_view((tuple(name.split("\x1f")), view))
            case ["namespaces", name, "tables", table, "plan"]:
                return self.begin_plan((tuple(name.split("\x1f")), table), body)
            case ["namespaces", _, "tables", _, "plan", plan]:
                return self.one_plan(method, plan)
            case ["namespaces", _, "tables", _, "tasks"]:
                return self.fetch_tasks(body)
            case ["namespaces", name, "tables", table]:
                return self.one_table(method, (tuple(name.split("\x1f")), table), body)
            case ["transactions", "commit"]:
                return self.commit_together(body["table-changes"])
            case ["tables", "rename"]:
                return self.rename(body)
        raise Refusal(404, "NotFoundException", f"no route {path}")

    def known(self, name):
        if name not in self.namespaces:
            raise Refusal(404, "NoSuchNamespaceException", f"Namespace does not exist: {'.'.join(name)}")
        return name

    def page(self, items, key, query):
        start = int(query.get("pageToken") or 0)
        end = start + (self.page_size or len(items) + 1)
        return {key: items[start:end], "next-page-token": str(end) if end < len(items) else None}

    def list_namespaces(self, query):
        parent = tuple(query["parent"].split("\x1f")) if query.get("parent") else ()
        if parent:
            self.known(parent)
        return self.page([list(name) for name in sorted(self.namespaces) if name[:-1] == parent], "namespaces", query)

    def create_namespace(self, body):
        name = tuple(body["namespace"])
        if name in self.namespaces:
            raise Refusal(409, "AlreadyExistsException", f"Namespace already exists: {'.'.join(name)}")
        for length in range(1, len(name)):
            self.namespaces.setdefault(name[:length], {})
        self.namespaces[name] = body.get("properties") or {}
        return {"namespace": list(name), "properties": self.namespaces[name]}

    def one_namespace(self, method, name):
        self.known(name)
        if method == "GET":
            return {"namespace": list(name), "properties": self.namespaces[name]}
        if method == "DELETE":
            if any(space == name for space, _ in [*self.tables, *self.views]) or any(other[: len(name)] == name and other != name for other in self.namespaces):
                raise Refusal(409, "NamespaceNotEmptyException", f"Namespace is not empty: {'.'.join(name)}")
            del self.namespaces[name]
        return None

    def change_namespace(self, name, body):
        if set(body["removals"]) & set(body["updates"]):
            raise Refusal(422, "UnprocessableEntityException", "a property is both removed and updated")
        missing = [key for key in body["removals"] if self.namespaces[name].pop(key, None) is None]
        self.namespaces[name] |= body["updates"]
        return {"updated": list(body["updates"]), "removed": [key for key in body["removals"] if key not in missing], "missing": missing}

    def one_view(self, key):
        if key not in self.views:
            raise Refusal(404, "NoSuchViewException", f"View does not exist: {key[1]}")
        version = {"version-id": 2, "representations": [{"type": "sql", "sql": "select 1", "dialect": dialect} for dialect in ("spark", "trino")]}
        return {"metadata-location": "x", "metadata": {"current-version-id": 2, "versions": [{"version-id": 1, "representations": [{"dialect": "old"}]}, version]}, "config": {}}

    # --- scans -----------------------------------------------------------------------------------------------------
    def begin_plan(self, key, body):
        request = PlanTableScanRequest.model_validate(body)
        if key not in self.tables:
            raise Refusal(404, "NoSuchTableException", f"Table does not exist: {key[1]}")
        documents = self.planning.get("documents") or self.plan(key, request)
        plan = f"plan/{len(self.plans)} of {key[1]}"
        self.plans[plan] = {"polls": self.planning.get("polls", 0), "documents": documents, "fetched": {0}, "cancelled": False}
        return {"plan-id": plan, **self.plan_result(plan)}

    def plan_result(self, plan):
        state = self.plans[plan]
        if state["cancelled"]:
            return {"status": "cancelled"}
        if state["polls"] > 0:
            return {"status": "submitted"}
        first, *others = state["documents"]
        return {"status": "completed", **first, "plan-tasks": [json.dumps([plan, number + 1]) for number in range(len(others))]}

    def one_plan(self, method, plan):
        if plan not in self.plans:
            raise Refusal(404, "NoSuchPlanIdException", f"Plan does not exist: {plan}")
        if method == "DELETE":
            self.plans[plan]["cancelled"] = True
            return None
        self.plans[plan]["polls"] -= 1
        return self.plan_result(plan)

    def fetch_tasks(self, body):
        plan, number = json.loads(FetchScanTasksRequest.model_validate(body).plan_task)
        if self.plans.get(plan, {"cancelled": True})["cancelled"]:
            raise Refusal(404, "NoSuchPlanTaskException", f"Plan task does not exist: {body['plan-task']}")
        self.plans[plan]["fetched"].add(number)
        return self.plans[plan]["documents"][number]

    def plan(self, key, request):
        """By pyiceberg, which also reads the request."""
        place, metadata = self.tables[key]
        table = StaticTable.from_metadata(place)
        scan = table.scan(row_filter=request.filter or AlwaysTrue(), snapshot_id=request.snapshot_id, case_sensitive=request.case_sensitive)
        tasks = list(scan.plan_files()) if metadata.current_snapshot_id else []
        size = self.planning.get("page") or len(tasks) + 1
        return [self.scan_tasks(metadata, tasks[start : start + size]) for start in range(0, max(len(tasks), 1), size)]

    def scan_tasks(self, metadata, tasks):
        deletes = {delete.file_path: delete for task in tasks for delete in task.delete_files}
        numbers = {path: number for number, path in enumerate(deletes)}
        files = [{"data-file": content_file(metadata, task.file), "delete-file-references": [numbers[delete.file_path] for delete in task.delete_files]} for task in tasks]
        return {"delete-files": [content_file(metadata, delete) for delete in deletes.values()], "file-scan-tasks": files}

    def list_tables(self, name, query):
        return self.page([{"namespace": list(name), "name": table} for space, table in sorted(self.tables) if space == name], "identifiers", query)

    def location(self, key):
        return f"{'' if self.s3 else 'file://'}{self.warehouse}/{'/'.join(key[0])}/{key[1]}"

    def create_table(self, name, body):
        key = (name, body["name"])
        if key in self.tables:
            raise Refusal(409, "AlreadyExistsException", f"Table already exists: {body['name']}")
        metadata = new_table_metadata(
            schema=Schema.model_validate(body["schema"]),
            partition_spec=PartitionSpec.model_validate(body.get("partition-spec") or {"spec-id": 0, "fields": []}),
            sort_order=SortOrder.model_validate(body.get("write-order") or {"order-id": 0, "fields": []}),
            location=(body.get("location") or self.location(key)).rstrip("/"),
            properties=body.get("properties") or {},
        )
        if body.get("stage-create"):
            return {"metadata": json.loads(metadata.model_dump_json()), **self.access(key, metadata.location)}
        return self.put(key, metadata)

    def register(self, name, body):
        key = (name, body["name"])
        if key in self.tables or key in self.views:
            raise Refusal(409, "AlreadyExistsException", f"Table already exists: {body['name']}")
        text = pathlib.Path(body["metadata-location"].removeprefix("file://")).read_text()
        self.tables[key] = (body["metadata-location"], TableMetadataUtil.parse_raw(text))
        return self.loaded(key)

    def put(self, key, metadata):
        before = re.match("v?([0-9]+)", self.tables[key][0].rsplit("/", 1)[1]) if key in self.tables else None
        place = f"{metadata.location}/metadata/{int(before[1]) + 1 if before else 0:05}-{uuid.uuid4()}.metadata.json"
        if self.s3:
            self.s3.boto().put_object(Bucket=self.s3.bucket, Key=place.removeprefix(f"s3://{self.s3.bucket}/"), Body=metadata.model_dump_json().encode())
        else:
            file = pathlib.Path(place.removeprefix("file://"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(metadata.model_dump_json())
        self.tables[key] = (place, metadata)
        return self.loaded(key)

    def loaded(self, key):
        place, metadata = self.tables[key]
        return {"metadata-location": place, "metadata": json.loads(metadata.model_dump_json()), **self.access(key, metadata.location)}

    def access(self, key, location):
        return {"config": self.table_config, **({"storage-credentials": self.credentials(key, location)} if self.credentials else {})}

    def one_table(self, method, key, body):
        if method == "POST":
            return self.commit(key, body)
        if key not in self.tables:
            raise Refusal(404, "NoSuchTableException", f"Table does not exist: {key[1]}")
        if method == "GET":
            return self.loaded(key)
        if method == "DELETE":
            del self.tables[key]
        return None

    def commit(self, key, body):
        return self.put(key, self.changed(key, body))

    def commit_together(self, changes):
        """All or none: nothing is put before every change was looked at. Tables have to be there, as in Iceberg's own server."""
        keys = [(tuple(change["identifier"]["namespace"]), change["identifier"]["name"]) for change in changes]
        if len(set(keys)) < len(keys):
            raise Refusal(400, "BadRequestException", "a table is changed twice")
        for key in keys:
            if key not in self.tables:
                raise Refusal(404, "NoSuchTableException", f"Table does not exist: {key[1]}")
        changed = [self.changed(key, change) for key, change in zip(keys, changes)]
        for key, metadata in zip(keys, changed):
            self.put(key, metadata)

    def changed(self, key, body):
        requirements, updates = REQUIREMENTS.validate_python(body["requirements"]), UPDATES.validate_python(body["updates"])
        creates = any(requirement.type == "assert-create" for requirement in requirements)
        if key not in self.tables and not creates:
            raise Refusal(404, "NoSuchTableException", f"Table does not exist: {key[1]}")
        self.known(key[0])
        place, base = self.tables.get(key, (None, None))
        for requirement in requirements:
            requirement.validate(base)
        return update_table_metadata(base or MetastoreCatalog._empty_table_metadata(), updates, enforce_validation=base is None, metadata_location=place)

    def rename(self, body):
        source, to = ((tuple(body[which]["namespace"]), body[which]["name"]) for which in ("source", "destination"))
        if source not in self.tables:
            raise Refusal(404, "NoSuchTableException", f"Table does not exist: {source[1]}")
        self.known(to[0])
        if to in self.tables or to in self.views:
            raise Refusal(409, "AlreadyExistsException", f"Table already exists: {to[1]}")
        self.tables[to] = self.tables.pop(source)
        return None
