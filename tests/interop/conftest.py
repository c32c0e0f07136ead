import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
pytest.register_assert_rewrite("catalog_suite")


@pytest.fixture(scope="session")
def s3_server():
    from s3_gate import S3Gate

    with S3Gate() as gate:
        yield gate


@pytest.fixture
def s3(s3_server):
    yield s3_server
    s3_server.empty()
