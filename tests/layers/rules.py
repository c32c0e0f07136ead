"""Who may see whom: the map of docs/architecture.md as one table. check_layers.py holds the sources to it."""

# A room is a folder of src/ (formats/X and catalogs/X one each); its public headers in include/lakelet/ belong to it too.
PUBLIC_HEADERS = {
    'base': {'error.h', 'events.h', 'cancellation.h'},
    'config': {'configured.h'},
    'table': {'value.h', 'schema.h', 'partitioning.h', 'metadata.h', 'arrow.h', 'report.h', 'data_file_options.h', 'alteration.h', 'maintenance.h', 'value_rule.h', 'partition_field.h', 'layout_change.h', 'namespace_properties.h'},
    'operations': {'rows.h', 'source.h', 'write_options.h', 'optimize.h', 'arrow_schema.h'},
}  # every other public header belongs to lake
PUBLIC_HEADERS['table'] |= {'health.h'}
PUBLIC_HEADERS['operations'] |= {'analyze.h', 'clone.h', 'convert.h', 'diff.h', 'file_changes.h'}

# Room -> rooms whose headers it may include. 'storage' means its interfaces (src/storage/*.h); the implementations below
# it (storage/local ...) are 'storage/*'. 'formats' is the registry, 'formats/*' a format of its own.
MAY_SEE = {
    'base': set(),
    'storage': {'base', 'http'},
    'codec': {'base'},
    'http': {'base'},
    'config': {'base'},
    'table': {'base', 'storage', 'codec'},
    'formats/*': {'base', 'storage', 'codec', 'table'},
    'catalogs/*': {'base', 'storage', 'codec', 'http', 'table'},
    'engine': {'base', 'storage', 'codec', 'table'},
    'sql': {'base', 'storage', 'codec', 'table', 'engine'},
    'operations': {'base', 'storage', 'table', 'sql'},
    'formats': {'base', 'storage', 'table', 'formats/*'},
    'catalogs': {'base', 'storage', 'table', 'catalogs/*'},
    'lake': {'base', 'config', 'storage', 'storage/*', 'codec', 'table', 'formats', 'catalogs', 'engine', 'sql', 'operations'},
    'cli': {'lake', 'server'},
    'server': {'lake'},
    'python': {'lake'},
}
# Public values that surfaces meet in the public API, whichever room owns them.
PUBLIC_FOR_ALL_SURFACES = {'cli', 'server', 'python'}

# (room, header) -> why this one include is let through although the table above doesn't allow it.
INCLUDES_ALLOWED = {
    ('operations', 'engine/arrow_batches.h'): 'reads an Arrow stream with errors as they were thrown; has no DuckDB and no engine in it',
    ('server', 'base/amount_text.h'): 'amounts of files and bytes read the same everywhere',
    ('cli', 'base/amount_text.h'): 'amounts of files and bytes read the same everywhere',
    ('server', 'base/json_writer.h'): 'the same writer for what the pages get',
    ('cli', 'base/json_writer.h'): 'one JSON writer for logs and for what the command line prints',
}

# Unit tests stand beside the code and may also see these.
TESTS_MAY_SEE = {'storage/*', 'tests'}

DUCKDB_ROOMS = {'engine', 'sql'}
PRINTING_ROOMS = {'cli'}

# The word, and the folder where it is at home (the registry names all formats).
FORMAT_WORDS = {
    'delta': 'formats/delta',
    'iceberg': 'formats/iceberg',
    'hudi': 'formats/hudi',
    'hoodie': 'formats/hudi',
    'ducklake': 'formats/ducklake',
}

# File or folder -> (pattern that a line with a format's name must match to be let through, reason).
FORMAT_WORDS_ALLOWED = {
    'src/catalogs/rest': (r'iceberg|X-Iceberg-Access-Delegation', 'the scheme of such URIs, and the format that the catalog keeps'),
    'src/catalogs/registry': (r'iceberg\+http', 'the scheme of a catalog\'s URI'),
    'src/catalogs/sql': (r'iceberg', 'names of the catalog\'s own tables, and of the format that it keeps'),
    'src/cli/commands': (r'\(default: delta\)', 'help text that tells the default'),
    'src/formats/delta': (r'[iI]ceberg(?:Writer)?CompatV\d|[uU]niversalFormat', 'names of Delta\'s own table features and properties'),
}

# File or folder -> (pattern, reason) for a line that prints or reads the environment outside the surfaces.
PRINTING_ALLOWED = {}
