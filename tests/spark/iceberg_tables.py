"""An Iceberg table in a folder between Spark and lakelet: either makes it, both change it, and both must say the same of its rows."""
import json

import tables


class IcebergTable(tables.Table):
    """The table at `path`, which is its place in the warehouse of the session's catalog."""

    scan = 'iceberg_scan'

    def __init__(self, spark, path):
        super().__init__(spark, path)
        self.name = f'ice.{self.path.parent.name}.{self.path.name}'
        self.path.parent.mkdir(parents=True, exist_ok=True)

    # --- Spark -----------------------------------------------------------------------------------------------------
    def create(self, columns, *statements, version=2, properties=None, rest=''):
        listed = ', '.join(f"'{key}' = '{value}'" for key, value in {'format-version': version, **(properties or {})}.items())
        self.sql(f'create table {{t}} ({columns}) using iceberg {rest} tblproperties ({listed})')
        if statements:
            self.sql(*statements)
        return self

    def about(self, what):
        """The rows of one of the table's metadata tables, by Spark."""
        return [row.asDict(recursive=True) for row in self.sql(f'select * from {self.name}.{what}').collect()]

    def history(self):
        """The snapshots, newest first, by Spark."""
        return sorted(({'version': row['snapshot_id'], **row} for row in self.about('snapshots')), key=lambda row: row['committed_at'], reverse=True)

    # --- lakelet ---------------------------------------------------------------------------------------------------
    def make(self, columns, version=2, partitioned='', **properties):
        """Creates the table with lakelet."""
        options = {'format': 'iceberg', 'format-version': version, **properties}
        listed = ', '.join(f'"{key}" = \'{value}\'' for key, value in options.items())
        by = f' partitioned by ({partitioned})' if partitioned else ''
        self.run(f'create table {{t}} ({columns}){by} with ({listed})')
        return self

    def run(self, *statements):
        """Runs the statements in lakelet; `{t}` stands for the table."""
        for statement in statements:
            self.lakelet_ok('sql', statement.replace('{t}', tables.sql_text(self.path)))
        return self

    # --- both ------------------------------------------------------------------------------------------------------
    def metadata(self):
        """The newest metadata file, as JSON."""
        files = sorted(self.path.glob('metadata/v*.metadata.json'), key=lambda file: int(file.name[1:].split('.')[0]))
        return json.loads(files[-1].read_text())

    def delete_files(self):
        return self.about('delete_files')

    def lakelet_json(self, *arguments):
        return json.loads(self.lakelet_ok(*arguments, '--format', 'json'))
