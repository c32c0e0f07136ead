"""How lakelet writes data files: what was asked for is what another engine finds in their footers."""

import duckdb
import pytest
from readers import assert_same_rows

ROWS = "select i, i % 100 as few, (i * 7919) % 50000 as scattered, 'text ' || (i % 1000) as name from range(50000) t(i)"


def footers(folder, query):
    con = duckdb.connect()
    return con.execute(query.format(files=f"'{folder}/*.parquet'")).fetchall()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.parquet"
    duckdb.execute(f"copy ({ROWS}) to '{path}' (format parquet)")
    return path


@pytest.mark.parametrize("codec", ["snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"])
def test_compression(lakelet, tmp_path, source, codec):
    lakelet.ok("import", "t", source, "--create", "--compression", codec)
    found = footers(tmp_path / "t", "select distinct lower(compression) from parquet_metadata({files})")
    assert found == [(codec,)]
    named = [path.name for path in (tmp_path / "t").glob("*.parquet")]
    assert all((f".{codec}." in name) == (codec != "uncompressed") for name in named), named
    assert_same_rows(lakelet.rows("from 't'"), duckdb.sql(ROWS).to_arrow_table())


def test_zstd_levels(lakelet, tmp_path, source):
    for level in (1, 19):
        lakelet.ok("import", f"t{level}", source, "--create", "--compression", "zstd", "--compression-level", level)
    size = {level: footers(tmp_path / f"t{level}", "select sum(total_compressed_size) from parquet_metadata({files}) "
                                                    "where path_in_schema in ('few', 'name')")[0][0] for level in (1, 19)}
    assert size[19] < size[1]


def test_row_groups_and_bloom_filters(lakelet, tmp_path, source):
    lakelet.ok("import", "t", source, "--create", "--row-group-rows", 10000, "--bloom-filters", 0.01)
    groups = footers(tmp_path / "t", "select distinct row_group_id, row_group_num_rows from parquet_metadata({files})")
    assert len(groups) >= 5 and all(rows <= 10240 for _, rows in groups), groups
    with_filter = footers(tmp_path / "t", "select distinct path_in_schema from parquet_metadata({files}) "
                                          "where bloom_filter_length is not null")
    assert ("few",) in with_filter


def test_target_size(lakelet, tmp_path, source):
    lakelet.ok("import", "t", source, "--create", "--row-group-rows", 4096, "--target-size", "100KB")
    sizes = [path.stat().st_size for path in (tmp_path / "t").glob("*.parquet")]
    assert len(sizes) > 3 and max(sizes) < 300_000, sizes


def test_sorted_rows(lakelet, tmp_path, source):
    lakelet.ok("import", "t", source, "--create", "--sort-by", "scattered,i", "--row-group-rows", 4096, "--target-size", "100KB")
    files = footers(tmp_path / "t", """select min(stats_min_value::int), max(stats_max_value::int) from parquet_metadata({files})
                                       where path_in_schema = 'scattered' group by file_name order by 1""")
    assert len(files) > 3
    assert all(before[1] <= after[0] for before, after in zip(files, files[1:])), files
    for path in (tmp_path / "t").glob("*.parquet"):
        rows = duckdb.sql(f"select scattered, i from '{path}'").fetchall()
        assert rows == sorted(rows)


@pytest.mark.parametrize("flags, said", [
    (["--compression", "lzo"], "can't be compressed with 'lzo'"),
    (["--compression-level", "3"], "snappy has no compression levels"),
    (["--compression", "zstd", "--compression-level", "23"], "23 is no compression level"),
    (["--row-group-rows", "10"], "a row group of 10 rows is too small"),
    (["--bloom-filters", "2"], "a bloom filter can't have 2 of false positives"),
    (["--bloom-filters", "few"], "--bloom-filters needs a number"),
    (["--target-size", "0"], "'0' is not a number of bytes"),
])
def test_refused_before_a_byte_is_written(lakelet, tmp_path, source, flags, said):
    assert said in lakelet.fails(2, "import", "t", source, "--create", *flags)
    assert not (tmp_path / "t").exists()
