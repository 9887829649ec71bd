from sqlalchemy import BigInteger
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from tramgac_collector.schema import Base


def test_every_table_says_what_it_holds():
    for mapper in Base.registry.mappers:
        assert mapper.class_.__doc__, mapper.class_


def test_every_table_can_be_made_by_both_databases():
    for table in Base.metadata.sorted_tables:
        for dialect in (sqlite.dialect(), postgresql.dialect()):
            assert table.name in str(CreateTable(table).compile(dialect=dialect))


def test_whole_numbers_have_64_bits():
    """Nanoseconds do not fit into less."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.type.python_type is int:
                assert isinstance(column.type.dialect_impl(postgresql.dialect()).impl, BigInteger), column
