"""S3 for tests: moto's server, which checks no signatures, behind a gate that does, with botocore's own code, and that can be told to misbehave."""

import hashlib
import http.client
import http.server
import logging
import re
import threading
import urllib.parse
from xml.sax.saxutils import escape

import boto3
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer
from rest_server import Fault  # noqa: F401, tests take it from here

logging.getLogger("werkzeug").setLevel(logging.ERROR)

ID, SECRET, REGION = "AKIDLAKELETTESTS0001", "wJalr/XUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-west-1"

STAND_IN = "%E2%90%8A"


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def check_signature(method, url, headers, body, secret, service, signer):
    """Raises Refused where botocore, with the same keys, signs the same request in another way. Returns the token that was signed."""
    parts = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$", headers["authorization"])
    if not parts or parts[4] != service:
        raise Refused(400, "AuthorizationHeaderMalformed", f"no signature for {service}: {headers['authorization']}")
    signed = parts[5].split(";")
    needed = {"host", "x-amz-date", "x-amz-content-sha256"} | {name for name in headers if name.startswith("x-amz-")}
    if not needed <= set(signed):
        raise Refused(403, "AccessDenied", f"not signed: {needed - set(signed)}")
    if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
        raise Refused(400, "XAmzContentSHA256Mismatch", "that isn't the body's")
    request = AWSRequest(method, url, {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = signer(Credentials(parts[1], secret), service, parts[3])
    text = auth.canonical_request(request)
    if auth.signature(auth.string_to_sign(request, text), request) != parts[6]:
        raise Refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
    return headers.get("x-amz-security-token")


class S3Gate:
    """`with S3Gate() as s3:` serves `s3.bucket` at `s3.endpoint`; what moto has is at `s3.moto`."""

    def __init__(self):
        self.keys = {ID: (SECRET, None)}  # by id: the secret, and the token that must come along
        self.ended, self.public, self.faults, self.requests = set(), False, [], []
        self.lock, self.bucket = threading.Lock(), "lake-tests"
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                gate.serve(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.httpd.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.httpd.server_address[1]}"

    def __enter__(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        self.moto = "http://{}:{}".format(*self.server.get_host_and_port())
        threading.Thread(target=self.httpd.serve_forever, args=(0.02,), daemon=True).start()
        self.make_bucket()
        return self

    def make_bucket(self):
        self.boto().create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def __exit__(self, *_):
        self.httpd.shutdown()
        self.httpd.server_close()
        self.server.stop()

    def boto(self):
        return boto3.client("s3", endpoint_url=self.moto, region_name=REGION, aws_access_key_id=ID, aws_secret_access_key=SECRET, config=Config(s3={"addressing_style": "path"}))

    def keys_in(self, prefix=""):
        pages = self.boto().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def uploads(self):
        """The multipart uploads that nobody finished."""
        return self.boto().list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])

    def empty(self):
        """Everything as at the start, for the next test."""
        requests.post(f"{self.moto}/moto-api/reset", timeout=60).raise_for_status()
        self.make_bucket()
        self.keys, self.public = {ID: (SECRET, None)}, False
        self.ended.clear()
        self.faults.clear()
        self.requests.clear()

    def options(self):
        return {"s3.endpoint": self.endpoint, "s3.region": REGION, "s3.access-key-id": ID, "s3.secret-access-key": SECRET}

    def seen(self, method, path):
        return [request for request in self.requests if request["method"] == method and re.search(path, request["path"])]

    # --- HTTP ------------------------------------------------------------------------------------------------------
    def serve(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        url = urllib.parse.urlsplit(handler.path)
        self.requests.append({"method": handler.command, "path": urllib.parse.unquote(url.path), "query": url.query, "headers": headers, "body": body})
        with self.lock:
            fault = next((fault for fault in self.faults if fault.times > 0 and fault.method == handler.command and fault.path.search(handler.path)), None)
            if fault:
                fault.times -= 1
                fault.on_use()
        try:
            self.check(handler, headers, body)
            misbehaves = fault and (fault.status or fault.cut)
            done = None if misbehaves and not fault.after else self.forward(handler, headers, body)
            if misbehaves and fault.cut and not fault.after and fault.body is None:
                handler.close_connection = True
                return handler.connection.close()
            if misbehaves and fault.status:
                raise Refused(fault.status, fault.headers.get("code", "InternalError"), "broken on purpose")
            self.send(handler, *done, cut=bool(misbehaves))
        except Refused as refused:
            text = f"<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message></Error>".encode()
            extra = {name: value for name, value in (fault.headers if fault else {}).items() if name != "code"}
            self.send(handler, refused.status, {"Content-Type": "application/xml", **extra}, text)

    def check(self, handler, headers, body):
        if "authorization" not in headers:
            if not self.public:
                raise Refused(403, "AccessDenied", "Access Denied")
            return
        found = re.search("Credential=([^/]+)/", headers["authorization"])
        if not found or found[1] not in self.keys:
            raise Refused(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        secret, token = self.keys[found[1]]
        if check_signature(handler.command, self.endpoint + handler.path, headers, body, secret, "s3", S3SigV4Auth) != token:
            raise Refused(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        if found[1] in self.ended:
            raise Refused(400, "ExpiredToken", "The provided token has expired.")

    def forward(self, handler, headers, body):
        host, port = self.server.get_host_and_port()
        connection = http.client.HTTPConnection(host, port, timeout=60)
        if "authorization" not in headers:  # moto knows no bucket that everybody may read
            headers = {**headers, "authorization": f"AWS4-HMAC-SHA256 Credential={ID}/20260101/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=0"}
        # moto has no route for names with line breaks in them: it knows them by another character.
        connection.request(handler.command, handler.path.replace("%0A", STAND_IN), body, headers)
        answer = connection.getresponse()
        result = answer.status, {name: value for name, value in answer.getheaders()}, answer.read().replace(STAND_IN.encode(), b"%0A")
        connection.close()
        return result

    def send(self, handler, status, headers, body, cut=False):
        """`cut`: all but the last half of the answer."""
        try:
            handler.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server") or (name.lower() == "content-length" and handler.command == "HEAD"):
                    handler.send_header(name, value)
            if handler.command != "HEAD" and status != 204:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(body[: len(body) // 2] if cut else body)
            handler.wfile.flush()
        except OSError:
            pass  # nobody waits any more
        if cut:
            handler.close_connection = True
            handler.connection.close()
