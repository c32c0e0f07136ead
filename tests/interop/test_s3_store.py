"""The contract of object stores (tests/contract) on a server of S3."""

import os
import subprocess

import pytest
from s3_gate import ID, REGION, SECRET

BUILD = os.path.dirname(os.environ.get("LAKELET", os.path.join(os.path.dirname(__file__), "..", "..", "build", "lakelet")))


@pytest.mark.parametrize("keys", ["keys", "temporary keys"])
def test_contract(s3, keys):
    token = {"AWS_SESSION_TOKEN": "to/ken+=="} if keys == "temporary keys" else {}
    s3.keys = {ID: (SECRET, token.get("AWS_SESSION_TOKEN"))}
    variables = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": s3.endpoint, "LAKELET_TEST_BUCKET": s3.bucket}
    done = subprocess.run([os.path.join(BUILD, "tests", "contract", "s3_store_contract_test"), "--gtest_color=no"], env={**os.environ, **variables, **token}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "[  PASSED  ]" in done.stdout
    assert not s3.uploads()
