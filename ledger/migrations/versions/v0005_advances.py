"""Plans, notices, bank statements, suspensions: the rest of the procedure."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("agency_book", sa.String(length=40), nullable=False),
        sa.Column("finance_book", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("funds", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("cite", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
    )
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_account_number"), ["number"], unique=False
        )

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint(
            "quarter", "region", "edition", name=op.f("uq_plan_quarter_region_edition")
        ),
    )
    op.create_table(
        "province_share",
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=6), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "form", "line_id", "province", "basis", name=op.f("pk_province_share")
        ),
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("lift_document", sa.Text(), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suspension_region"), ["region"], unique=False
        )

    op.create_table(
        "task_mark",
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "task", "period", "region", "serial", name=op.f("pk_task_mark")
        ),
    )
    op.create_table(
        "warning_note",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_note")),
    )
    with op.batch_alter_table("warning_note", schema=None) as batch_op:
        batch_op.create_index(
            "ix_warning_note_quarter", ["quarter", "book", "payer"], unique=False
        )

    op.create_table(
        "funding_line",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("at_home", sa.BigInteger(), nullable=False),
        sa.Column("elsewhere", sa.BigInteger(), nullable=False),
        sa.Column("province", sa.String(length=6), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_funding_line_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_line")),
    )
    with op.batch_alter_table("funding_line", schema=None) as batch_op:
        batch_op.create_index(
            "uq_funding_line",
            ["quarter", "place", "institution", "fund", "province"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=6), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("due_day", sa.Date(), nullable=True),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("payee_bank", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source_lines", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_notice_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_notice_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_kind", ["kind", "period", "region"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_notice_plan_id"), ["plan_id"], unique=False
        )
        batch_op.create_index(
            "uq_notice_number",
            ["number"],
            unique=True,
            sqlite_where=sa.text("state != 'withdrawn'"),
            postgresql_where=sa.text("state != 'withdrawn'"),
        )

    op.create_table(
        "past_payment",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_past_payment_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_payment")),
    )
    with op.batch_alter_table("past_payment", schema=None) as batch_op:
        batch_op.create_index(
            "uq_past_payment",
            ["year", "region", "scope", "fund"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "plan_edit",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_edit_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "serial", name=op.f("pk_plan_edit")),
    )
    op.create_table(
        "plan_line",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=6), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("computed", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("working", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_line_plan_id")
        ),
        sa.PrimaryKeyConstraint(
            "plan_id", "payer", "scope", "fund", name=op.f("pk_plan_line")
        ),
    )
    op.create_table(
        "province_quota",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=6), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_province_quota_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_quota")),
    )
    with op.batch_alter_table("province_quota", schema=None) as batch_op:
        batch_op.create_index(
            "uq_province_quota",
            ["year", "province", "direction"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "away_payment",
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("at_home", sa.BigInteger(), nullable=False),
        sa.Column("elsewhere", sa.BigInteger(), nullable=False),
        sa.Column("province", sa.String(length=6), nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("payer_account", sa.Text(), nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_away_payment_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_away_payment_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away_payment")),
    )
    with op.batch_alter_table("away_payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_away_payment_posting_id"), ["posting_id"], unique=False
        )
        batch_op.create_index(
            "uq_away_payment",
            ["payer_account", "serial", "fund", "province"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "bank_line",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.Column("payment", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=False),
        sa.Column("counter_account", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("matched_id", sa.Integer(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("matched_at", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_bank_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["matched_id"], ["posting.id"], name=op.f("fk_bank_line_matched_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_bank_line_posting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
    )
    with op.batch_alter_table("bank_line", schema=None) as batch_op:
        batch_op.create_index("ix_bank_line_day", ["account", "day"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_bank_line_matched_id"), ["matched_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_bank_line_posting_id"), ["posting_id"], unique=False
        )
        batch_op.create_index(
            "uq_bank_line",
            ["account", "serial"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "notice_line",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("fund", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_line_notice_id")
        ),
        sa.PrimaryKeyConstraint("notice_id", "position", name=op.f("pk_notice_line")),
    )
    op.create_table(
        "notice_step",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_step_notice_id")
        ),
        sa.PrimaryKeyConstraint("notice_id", "serial", name=op.f("pk_notice_step")),
    )
    op.create_table(
        "clearing_word",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["clearing_line.id"], name=op.f("fk_clearing_word_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_clearing_word_posting_id")
        ),
        sa.PrimaryKeyConstraint("line_id", "serial", name=op.f("pk_clearing_word")),
    )
    with op.batch_alter_table("transfer_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bounces_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_transfer_line_bounces_id"), ["bounces_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("transfer_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_line_bounces_id"))
        batch_op.drop_column("bounces_id")

    op.drop_table("clearing_word")
    op.drop_table("notice_step")
    op.drop_table("notice_line")
    with op.batch_alter_table("bank_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_line",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )
        batch_op.drop_index(batch_op.f("ix_bank_line_posting_id"))
        batch_op.drop_index(batch_op.f("ix_bank_line_matched_id"))
        batch_op.drop_index("ix_bank_line_day")

    op.drop_table("bank_line")
    with op.batch_alter_table("away_payment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_away_payment",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )
        batch_op.drop_index(batch_op.f("ix_away_payment_posting_id"))

    op.drop_table("away_payment")
    with op.batch_alter_table("province_quota", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_province_quota",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.drop_table("province_quota")
    op.drop_table("plan_line")
    op.drop_table("plan_edit")
    with op.batch_alter_table("past_payment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_past_payment",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.drop_table("past_payment")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_number",
            sqlite_where=sa.text("state != 'withdrawn'"),
            postgresql_where=sa.text("state != 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_plan_id"))
        batch_op.drop_index("ix_notice_kind")

    op.drop_table("notice")
    with op.batch_alter_table("funding_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_funding_line",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.drop_table("funding_line")
    with op.batch_alter_table("warning_note", schema=None) as batch_op:
        batch_op.drop_index("ix_warning_note_quarter")

    op.drop_table("warning_note")
    op.drop_table("task_mark")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suspension_region"))

    op.drop_table("suspension")
    op.drop_table("province_share")
    op.drop_table("plan")
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_account_number"))

    op.drop_table("bank_account")
