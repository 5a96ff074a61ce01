"""What PostgreSQL sorts and finds is what Python sorts and finds, for 100,000 texts of letters of many kinds."""

import random
from typing import Final

import asyncpg
import pytest
from sqlalchemy import ColumnElement, MetaData
from sqlalchemy import select as choose
from sqlmodel import Field, SQLModel

from shared.database import LAO_ORDER, columns, matches_search, select
from shared.lao import search_key
from shared.lao.collation import dictionary_key
from tests.shared.lao_texts import KINDS, QUERIES, generated, spelled

TEXTS: Final = 100_000
SEED: Final = 20_220_919


class WrittenText(SQLModel, table=True):
    """A text with its search key, as the services store it."""

    metadata = MetaData()
    __tablename__ = "written_text"

    number: int = Field(primary_key=True)
    content: str
    search_key: str


def matches(query: str) -> ColumnElement[bool]:
    return matches_search(WrittenText.search_key, query)


def sorted_by_python(texts: list[str]) -> list[str]:
    return sorted(texts, key=dictionary_key)


async def sorted_by_sql(dsn: str, texts: list[str]) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        ordered = f'SELECT text FROM unnest($1::text[]) AS text ORDER BY text COLLATE "{LAO_ORDER}"'  # noqa: S608 -- a constant name
        return [row["text"] for row in await connection.fetch(ordered, texts)]
    finally:
        await connection.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_postgresql_and_python_sort_texts_alike(kind: str, dsn: str) -> None:
    texts = generated(KINDS[kind], TEXTS, seed=SEED)
    assert await sorted_by_sql(dsn, texts) == sorted_by_python(texts)


async def test_names_stand_as_in_a_lao_dictionary_in_sql_and_in_python(dsn: str) -> None:
    names = [
        "ກາວ",
        "ກ່າວ",
        "ກ້າວ",
        "ກິນ",
        "ກີບ",
        "ແກ້ວ",
        "ຈຳປາ",
        "ເຈົ້າ",
        "ສະຫວັນ",
        "ຊຽງຂວາງ",
        "ເຊກອງ",
        "ໄຊສົມບູນ",
        "ນາງ",
        "ໜູພອນ",
        "ໝັ້ນ",
        "ຮຸ່ງ",
        "Anna",
        "Zoe",
    ]
    mixed = random.Random(SEED).sample(names, len(names))  # noqa: S311 -- no secret
    assert sorted_by_python(mixed) == names
    assert await sorted_by_sql(dsn, mixed) == names


async def test_postgresql_and_python_find_the_same_texts(dsn: str) -> None:
    texts = [*generated(KINDS["Lao words"], TEXTS // 2, seed=SEED), *generated(KINDS["all"], TEXTS // 2, seed=SEED)]
    keys = [search_key(text) for text in texts]
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE written_text (number int PRIMARY KEY, content text, search_key text)")
    await connection.copy_records_to_table(
        "written_text", records=list(zip(range(len(texts)), texts, keys, strict=True))
    )
    for query in [*QUERIES, *(spelled(text) for text in texts[:: TEXTS // 20])]:
        wanted = search_key(query)
        found = await select(connection, choose(*columns(WrittenText, "number")).where(matches(query)))
        rows = {row["number"] for row in found}
        assert rows == {number for number, key in enumerate(keys) if wanted and wanted in key}, query
    await connection.close()
