"""bodies over time: earlier names and successors, who changed what, and how each body is called on a day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As it was recorded for the day, whether the body exists on it or not.
_CALLED = """
CREATE FUNCTION organisation_called(day date)
RETURNS TABLE (code text, name_lo text, name_en text, abbreviation_lo text, abbreviation_en text, protocol_order int,
               kind text, parent text, valid_from date, valid_until date)
LANGUAGE sql STABLE AS $$
SELECT o.code,
       CASE WHEN e.until IS NULL THEN o.name_lo ELSE e.name ->> 'lo' END,
       CASE WHEN e.until IS NULL THEN o.name_en ELSE e.name ->> 'en' END,
       CASE WHEN e.until IS NULL THEN o.abbreviation_lo ELSE e.abbreviation_lo END,
       CASE WHEN e.until IS NULL THEN o.abbreviation_en ELSE e.abbreviation_en END,
       CASE WHEN e.until IS NULL THEN o.protocol_order ELSE e.protocol_order END,
       CASE WHEN e.until IS NULL THEN o.kind ELSE e.kind END,
       CASE WHEN e.until IS NULL THEN o.parent ELSE e.parent END,
       o.valid_from, o.valid_until
FROM organisation o LEFT JOIN LATERAL (
    SELECT * FROM jsonb_to_recordset(o.earlier) AS one(until date, name jsonb, abbreviation_lo text,
                                                       abbreviation_en text, protocol_order int, kind text, parent text)
    WHERE day < one.until ORDER BY one.until LIMIT 1) AS e ON true
$$
"""
# The body that acts for another one on a day: itself while it exists, then whoever has taken it over, and so on.
_ACTING = """
CREATE FUNCTION organisation_acting(asked text, day date) RETURNS text LANGUAGE sql STABLE AS $$
WITH RECURSIVE chain(code, following, steps) AS (
    SELECT asked, CASE WHEN valid_until <= day THEN taken_over_by END, 0 FROM organisation WHERE code = asked
    UNION ALL
    SELECT o.code, CASE WHEN o.valid_until <= day THEN o.taken_over_by END, chain.steps + 1
    FROM chain JOIN organisation o ON o.code = chain.following WHERE chain.steps < 20)
SELECT code FROM chain ORDER BY steps DESC LIMIT 1
$$
"""
# As it is shown of something that takes place on the day: of a body that has ended by then with who acts for it.
_ON = """
CREATE FUNCTION organisation_on(day date)
RETURNS TABLE (code text, name_lo text, name_en text, protocol_order int) LANGUAGE sql STABLE AS $$
SELECT was.code,
       was.name_lo || CASE WHEN acting.code IS NULL THEN '' ELSE ' (ປັດຈຸບັນ ' || acting.name_lo || ')' END,
       CASE WHEN acting.code IS NULL THEN was.name_en
            ELSE coalesce(was.name_en, was.name_lo) || ' (now ' || coalesce(acting.name_en, acting.name_lo) || ')' END,
       was.protocol_order
FROM organisation_called(day) was
LEFT JOIN organisation_called(day) acting ON acting.code <> was.code
  AND acting.code = CASE WHEN was.valid_until <= day THEN organisation_acting(was.code, day) END
$$
"""
_TEXTS = ("abbreviation_en", "kind", "parent", "taken_over_by")
_LISTS = ("earlier", "successors")


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    for name in _TEXTS:
        op.add_column("organisation", sa.Column(name, sa.Text(), nullable=True))
    for name in _LISTS:
        column = sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
        op.add_column("organisation", column)
    op.create_table(
        "organisation_change",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", "version"),
    )
    for statement in (_CALLED, _ACTING, _ON):
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    for name in ("organisation_on(date)", "organisation_acting(text, date)", "organisation_called(date)"):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_table("organisation_change")
    for name in (*_TEXTS, *_LISTS):
        op.drop_column("organisation", name)
