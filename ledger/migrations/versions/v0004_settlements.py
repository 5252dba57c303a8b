"""Institutions, family bindings, settlements, premiums, clearing between regions."""

import sqlalchemy as sa
from alembic import op

PERSON_ID = sa.String(length=30).with_variant(
    sa.String(length=30, collation="C"), "postgresql"
)


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("grantor_id", PERSON_ID, nullable=False),
        sa.Column("bound_at", sa.String(length=19), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("fund", sa.String(length=3), server_default="", nullable=False),
        sa.Column("person_region", sa.String(length=6), nullable=False),
        sa.Column("grantor_region", sa.String(length=6), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("unbound_at", sa.String(length=19), nullable=False),
        sa.Column("unbound_document_id", sa.Integer(), nullable=True),
        sa.Column("unbound_row", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "grantor_id", "bound_at", "freed", name=op.f("pk_binding")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("binding", schema=None) as batch_op:
        batch_op.create_index("ix_binding_grantor_id", ["grantor_id"], unique=False)

    op.create_table(
        "clearing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("province", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("netted", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing")),
    )
    with op.batch_alter_table("clearing", schema=None) as batch_op:
        batch_op.create_index("ix_clearing_period", ["kind", "period"], unique=False)

    op.create_table(
        "institution",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "from_day", name=op.f("pk_institution")),
    )
    op.create_table(
        "other_settlement",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("at", sa.String(length=19), nullable=False),
        sa.Column("act", sa.String(length=2), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("payer_region", sa.String(length=6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "serial", "freed", name=op.f("pk_other_settlement")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("other_settlement", schema=None) as batch_op:
        batch_op.create_index("ix_other_settlement_month", ["month"], unique=False)

    op.create_table(
        "outpatient_year",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "year", name=op.f("pk_outpatient_year")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "premium",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=19), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "serial", "freed", name=op.f("pk_premium")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "premium_share",
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payer_id", PERSON_ID, nullable=False),
        sa.Column("payer_region", sa.String(length=6), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "serial", "freed", "position", name=op.f("pk_premium_share")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "settlement",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=19), nullable=False),
        sa.Column("act", sa.String(length=2), nullable=False),
        sa.Column("original", sa.String(length=60), nullable=False),
        sa.Column("original_month", sa.String(length=7), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=2), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("in_policy", sa.BigInteger(), nullable=False),
        sa.Column("deductible", sa.BigInteger(), nullable=False),
        sa.Column("pooled", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("deducted_before", sa.BigInteger(), nullable=False),
        sa.Column("paid_before", sa.BigInteger(), nullable=False),
        sa.Column("ruled", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "person_id", "serial", "freed", name=op.f("pk_settlement")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "settlement_share",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("person_id", PERSON_ID, nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payer_id", PERSON_ID, nullable=False),
        sa.Column("payer_region", sa.String(length=6), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month",
            "person_id",
            "serial",
            "freed",
            "position",
            name=op.f("pk_settlement_share"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clearing_confirmation",
        sa.Column("clearing_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("says", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clearing_id"],
            ["clearing.id"],
            name=op.f("fk_clearing_confirmation_clearing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "clearing_id", "region", "serial", name=op.f("pk_clearing_confirmation")
        ),
    )
    op.create_table(
        "clearing_part",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clearing_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("payee", sa.String(length=12), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clearing_id"], ["clearing.id"], name=op.f("fk_clearing_part_clearing_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_clearing_part_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing_part")),
    )
    with op.batch_alter_table("clearing_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clearing_part_clearing_id"), ["clearing_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_clearing_part_posting_id"), ["posting_id"], unique=False
        )

    op.create_table(
        "institution_payment",
        sa.Column("payer_account", sa.String(length=60), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["posting_id"],
            ["posting.id"],
            name=op.f("fk_institution_payment_posting_id"),
        ),
        sa.PrimaryKeyConstraint(
            "payer_account",
            "serial",
            "institution",
            "fund",
            "freed",
            name=op.f("pk_institution_payment"),
        ),
    )
    with op.batch_alter_table("institution_payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_institution_payment_posting_id"),
            ["posting_id"],
            unique=False,
        )

    op.create_table(
        "institution_sum",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("pooled", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.BigInteger(), nullable=False),
        sa.Column("clearing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clearing_id"],
            ["clearing.id"],
            name=op.f("fk_institution_sum_clearing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_institution_sum_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_sum")),
    )
    with op.batch_alter_table("institution_sum", schema=None) as batch_op:
        batch_op.create_index(
            "ix_institution_sum_open",
            ["month"],
            unique=False,
            sqlite_where=sa.text("clearing_id IS NULL"),
            postgresql_where=sa.text("clearing_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_institution_sum_posting_id"), ["posting_id"], unique=False
        )

    op.create_table(
        "premium_sum",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("clearing_id", sa.Integer(), nullable=True),
        sa.Column("paid_on_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clearing_id"], ["clearing.id"], name=op.f("fk_premium_sum_clearing_id")
        ),
        sa.ForeignKeyConstraint(
            ["paid_on_id"], ["clearing.id"], name=op.f("fk_premium_sum_paid_on_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_premium_sum_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premium_sum")),
    )
    with op.batch_alter_table("premium_sum", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_premium_sum_posting_id"), ["posting_id"], unique=False
        )

    op.create_table(
        "settlement_sum",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("act", sa.String(length=2), nullable=False),
        sa.Column("part", sa.String(length=4), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("channel", sa.String(length=2), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("clearing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clearing_id"], ["clearing.id"], name=op.f("fk_settlement_sum_clearing_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_settlement_sum_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_sum")),
    )
    with op.batch_alter_table("settlement_sum", schema=None) as batch_op:
        batch_op.create_index(
            "ix_settlement_sum_open",
            ["month"],
            unique=False,
            sqlite_where=sa.text("clearing_id IS NULL"),
            postgresql_where=sa.text("clearing_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_settlement_sum_posting_id"), ["posting_id"], unique=False
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("fund", sa.String(length=3), server_default="", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("fund")

    with op.batch_alter_table("settlement_sum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_sum_posting_id"))
        batch_op.drop_index(
            "ix_settlement_sum_open",
            sqlite_where=sa.text("clearing_id IS NULL"),
            postgresql_where=sa.text("clearing_id IS NULL"),
        )

    op.drop_table("settlement_sum")
    with op.batch_alter_table("premium_sum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premium_sum_posting_id"))

    op.drop_table("premium_sum")
    with op.batch_alter_table("institution_sum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institution_sum_posting_id"))
        batch_op.drop_index(
            "ix_institution_sum_open",
            sqlite_where=sa.text("clearing_id IS NULL"),
            postgresql_where=sa.text("clearing_id IS NULL"),
        )

    op.drop_table("institution_sum")
    with op.batch_alter_table("institution_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institution_payment_posting_id"))

    op.drop_table("institution_payment")
    with op.batch_alter_table("clearing_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearing_part_posting_id"))
        batch_op.drop_index(batch_op.f("ix_clearing_part_clearing_id"))

    op.drop_table("clearing_part")
    op.drop_table("clearing_confirmation")
    op.drop_table("settlement_share")
    op.drop_table("settlement")
    op.drop_table("premium_share")
    op.drop_table("premium")
    op.drop_table("outpatient_year")
    with op.batch_alter_table("other_settlement", schema=None) as batch_op:
        batch_op.drop_index("ix_other_settlement_month")

    op.drop_table("other_settlement")
    op.drop_table("institution")
    with op.batch_alter_table("clearing", schema=None) as batch_op:
        batch_op.drop_index("ix_clearing_period")

    op.drop_table("clearing")
    with op.batch_alter_table("binding", schema=None) as batch_op:
        batch_op.drop_index("ix_binding_grantor_id")

    op.drop_table("binding")
