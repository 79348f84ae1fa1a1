"""The conditions of partial indexes: a statement that repeats one may go by the index."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Index, TextClause, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from zerowaste.models import conditions

CONDITIONS = {name: said for name, said in vars(conditions).items() if isinstance(said, TextClause)}


@pytest.fixture(scope="module")
def empty() -> Iterator[Connection]:
    """SQLite, which refuses a statement that is told to go by an index and cannot."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def index_of(name: str) -> Index:
    """An index that has only the rows of this condition."""
    table = SQLModel.metadata.tables[name.rpartition("_")[2].lower()]
    bare = CONDITIONS[name].text[1:-1].replace(f"{table.name}.", "")
    wheres = {str(index.dialect_options["sqlite"]["where"]): index for index in table.indexes}
    return wheres[bare]


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_a_statement_that_repeats_the_condition_goes_by_the_index(empty: Connection, name: str) -> None:
    index = index_of(name)
    asked = f"SELECT 1 FROM {index.table.name} INDEXED BY {index.name} WHERE"  # type: ignore[union-attr]
    empty.execute(text(f"{asked} {CONDITIONS[name].text}"))
    with pytest.raises(OperationalError, match="no query solution"):
        empty.execute(text(f"{asked} true"))
