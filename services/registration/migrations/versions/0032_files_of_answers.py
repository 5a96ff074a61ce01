"""files as answers to forms: they go with their answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTIONS = {
    "drop_files_of_answers": "DELETE FROM answer_file file USING after answer "
    "WHERE file.registration_id = answer.registration_id AND answer.answers ->> file.field IS DISTINCT FROM file.sha256",
    "expire_files_of_answers": "UPDATE stored_file SET expires_at = now() FROM ("
    "SELECT sha256 FROM stored_file WHERE sha256 IN (SELECT sha256 FROM gone) ORDER BY sha256 FOR UPDATE"
    ") free WHERE stored_file.sha256 = free.sha256",
}
"""Name of a trigger function → what it does."""

TRIGGERS = {
    "drop_files_of_answers": "AFTER UPDATE ON form_answer REFERENCING NEW TABLE AS after FOR EACH STATEMENT",
    "expire_files_of_answers": "AFTER DELETE ON answer_file REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
}


def upgrade() -> None:
    """Expand; what is contracted waits for a later release."""
    op.create_table(
        "answer_file",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["form_answer.registration_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("registration_id", "field"),
    )
    op.create_index("answer_file_sha256", "answer_file", ["sha256"], unique=False)
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} {TRIGGERS[name]} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Undo."""
    op.execute("DROP TRIGGER drop_files_of_answers ON form_answer")
    op.drop_table("answer_file")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
