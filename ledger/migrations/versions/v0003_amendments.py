"""Amendments of registered names and months of birth."""

import sqlalchemy as sa
from alembic import op

PERSON_ID = sa.String(length=30).with_variant(
    sa.String(length=30, collation="C"), "postgresql"
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_amendment",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=4), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("cite", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "serial", name=op.f("pk_person_amendment")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("person_amendment")
