"""What only Delta's own table builder makes: it comes with the jars, without its Python module."""


def create_with_generated(table):
    """A table whose columns `d` and `y` are computed from `t`, partitioned by `d`."""
    jvm, session = table.spark._jvm, table.spark._jsparkSession
    builder = jvm.io.delta.tables.DeltaTable.create(session).location(str(table.path))
    column = jvm.io.delta.tables.DeltaTable.columnBuilder
    builder = builder.addColumn('id', 'int').addColumn('t', 'timestamp')
    builder = builder.addColumn(column(session, 'd').dataType('date').generatedAlwaysAs('cast(t as date)').build())
    builder = builder.addColumn(column(session, 'y').dataType('int').generatedAlwaysAs('year(t)').build())
    builder.partitionedBy(table.spark.sparkContext._gateway.new_array(jvm.java.lang.String, 0)).execute()
    return table
