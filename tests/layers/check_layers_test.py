"""The layer check finds what it is there to find: each test plants one fault in a small tree that is clean without it."""
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_layers  # noqa: E402

CLEAN = {
    'include/lakelet/error.h': '#pragma once\n#include <string>\n',
    'include/lakelet/schema.h': '#pragma once\n#include <lakelet/error.h>\n',
    'include/lakelet/session.h': '#pragma once\n#include <lakelet/schema.h>\n',
    'src/base/CMakeLists.txt': 'lakelet_room(base)\n',
    'src/base/json.h': '#include <lakelet/error.h>\n',
    'src/storage/CMakeLists.txt': 'lakelet_room(storage RECURSE DEPENDS base)\n',
    'src/storage/object_store.h': '#include "base/json.h"\n',
    'src/storage/local/local_store.h': '#include "storage/object_store.h"\n',
    'src/storage/memory/memory_store.h': '#include "storage/object_store.h"\n',
    'src/table/CMakeLists.txt': 'lakelet_room(table DEPENDS storage base LINKS lakelet_roaring)\n',
    'src/table/snapshot.h': '#include "base/json.h"\n#include "storage/object_store.h"\n',
    'src/engine/CMakeLists.txt': 'lakelet_room(engine DEPENDS table DUCKDB)\n',
    'src/engine/engine.cc': '#include "duckdb.hpp"\n#include "table/snapshot.h"\n',
    'src/formats/CMakeLists.txt': 'lakelet_room(formats DEPENDS format_delta)\n',
    'src/formats/registry.cc': '#include "formats/delta/delta_format.h"\n',
    'src/formats/delta/CMakeLists.txt': 'lakelet_room(format_delta DEPENDS table)\n',
    'src/formats/delta/delta_format.h': '#include "table/snapshot.h"\nconst char* kLog = "_delta_log";\n',
    'src/formats/delta/delta_format_test.cc': '#include "storage/memory/memory_store.h"\n',
    'src/lake/CMakeLists.txt': 'lakelet_room(lake DEPENDS formats storage table)\n',
    'src/lake/session.cc': '#include <lakelet/session.h>\n#include "formats/registry.h"\n#include "storage/local/local_store.h"\n',
    'src/formats/registry.h': '',
    'src/cli/CMakeLists.txt': 'target_link_libraries(lakelet_cli PUBLIC lakelet_lake CLI11::CLI11)\n',
    'src/cli/main.cc': '#include <lakelet/session.h>\n#include <lakelet/error.h>\nint main() { std::cout << getenv("X"); }\n',
}


class CheckLayersTest(unittest.TestCase):
    def check(self, files=None):
        """Findings for the clean tree with some files added or replaced."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**CLEAN, **(files or {})}.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return [str(f) for f in check_layers.Checker(root).run()]

    def assert_one(self, files, *parts):
        findings = self.check(files=files)
        self.assertEqual(len(findings), 1, findings)
        for part in parts:
            self.assertIn(part, findings[0])

    def test_the_clean_tree_is_clean(self):
        self.assertEqual(self.check(), [])

    def test_an_include_that_points_up(self):
        self.assert_one({'src/base/time.cc': '\n#include "table/snapshot.h"\n'}, 'src/base/time.cc:2', 'base includes table/snapshot.h')

    def test_a_format_that_sees_the_engine(self):
        self.assert_one({'src/formats/delta/x.cc': '#include "engine/engine.cc"\n'}, 'formats/delta includes engine/engine.cc')

    def test_a_format_that_sees_another_format(self):
        files = {'src/formats/hudi/timeline.cc': '#include "formats/delta/delta_format.h"\n'}
        self.assert_one(files, 'formats/hudi includes formats/delta/delta_format.h')

    def test_a_table_that_sees_a_store_and_not_its_interface(self):
        self.assert_one({'src/table/x.cc': '#include "storage/memory/memory_store.h"\n'}, 'table includes storage/memory/memory_store.h')

    def test_one_store_that_sees_another(self):
        files = {'src/storage/local/x.cc': '#include "storage/memory/memory_store.h"\n'}
        self.assert_one(files, 'storage/local includes storage/memory')

    def test_the_command_line_that_reaches_below_lake(self):
        self.assert_one({'src/cli/x.cc': '#include "table/snapshot.h"\n'}, 'cli includes table/snapshot.h')

    def test_a_public_header_that_includes_an_inner_one(self):
        self.assert_one({'include/lakelet/schema.h': '#include "table/snapshot.h"\n'}, 'schema.h:1', 'a public header includes')

    def test_a_public_header_of_a_lower_room_that_includes_lake(self):
        self.assert_one({'include/lakelet/error.h': '#include <lakelet/session.h>\n'}, 'base includes lakelet/session.h of lake')

    def test_duckdb_outside_its_rooms(self):
        self.assert_one({'src/table/x.cc': '#include "duckdb/common/types.hpp"\n'}, "includes DuckDB's")

    def test_a_path_that_leads_nowhere(self):
        self.assert_one({'src/table/x.cc': '#include "tables/snapshot.h"\n'}, 'neither under src/')

    def test_a_room_that_is_not_on_the_map(self):
        self.assert_one({'src/misc/x.cc': ''}, 'room misc is not in the map')

    def test_a_format_named_in_a_string(self):
        self.assert_one({'src/table/x.cc': 'auto s = "_delta_log";\n'}, 'names "delta" outside src/formats/delta')

    def test_a_format_named_in_an_identifier(self):
        for code in ('delta_scan();', 'DeltaTable t;', 'int kDelta;', 'DELTA_LOG', 'DuckLakeCatalog c;', 'hoodie::x'):
            self.assertEqual(len(self.check(files={'src/sql/x.cc': code})), 1, code)

    def test_a_name_that_the_rules_let_through(self):
        allowed = {'src/table': (r'"delta-rs"', 'for this test')}
        with unittest.mock.patch.object(check_layers.rules, 'FORMAT_WORDS_ALLOWED', allowed):
            self.assertEqual(self.check(files={'src/table/x.cc': 'auto s = "delta-rs";\n'}), [])
            self.assert_one({'src/table/x.cc': 'auto s = "delta-rs";\nauto t = "delta";\n'}, 'src/table/x.cc:2')
            self.assert_one({'src/engine/x.cc': '#include "table/snapshot.h"\nauto s = "delta-rs";\n'}, 'src/engine/x.cc:2')

    def test_an_include_that_the_rules_let_through(self):
        allowed = {('cli', 'base/json.h'): 'for this test'}
        with unittest.mock.patch.object(check_layers.rules, 'INCLUDES_ALLOWED', allowed):
            self.assert_one({'src/cli/x.cc': '#include "table/snapshot.h"\n#include "base/json.h"\n'}, 'src/cli/x.cc:1')

    def test_a_format_named_in_a_comment_is_fine(self):
        self.assertEqual(self.check(files={'src/table/x.cc': '// As Delta does it.\n/* iceberg */ int deltas = modelta;\n'}), [])

    def test_printing_and_the_environment(self):
        for code in ('std::cerr << 1;', 'printf("x");', 'auto h = getenv("HOME");', 'std::filesystem::temp_directory_path();'):
            self.assertEqual(len(self.check(files={'src/lake/x.cc': code})), 1, code)

    def test_what_only_looks_like_printing(self):
        code = '// std::cout\nsnprintf(a, 2, "x"); log("getenv(1)"); int environment;\n'
        self.assertEqual(self.check(files={'src/lake/x.cc': code}), [])

    def test_a_dependency_that_cmake_does_not_list(self):
        files = {'src/table/CMakeLists.txt': 'lakelet_room(table DEPENDS storage)\n'}
        self.assert_one(files, "table DEPENDS on ['storage'], but its sources include ['base', 'storage']")

    def test_a_dependency_that_nothing_includes(self):
        files = {'src/engine/CMakeLists.txt': 'lakelet_room(engine DEPENDS table storage DUCKDB)\n'}
        self.assert_one(files, 'engine DEPENDS on')

    def test_a_test_may_see_stores_but_not_the_engine(self):
        self.assertEqual(self.check(files={'src/table/x_test.cc': '#include "storage/memory/memory_store.h"\n'}), [])
        self.assert_one({'src/table/x_test.cc': '#include "engine/engine.cc"\n'}, 'table includes engine/engine.cc')


if __name__ == '__main__':
    unittest.main()
