"""the first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import content_store.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column(
            "settings", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("stopped_reason", sa.Text(), nullable=False),
        sa.Column("callback_seen_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_platform"), ["platform"], unique=False)

    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("top_article_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "flowrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flow", sa.String(length=30), nullable=False),
        sa.Column("started_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("flowrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flowrun_flow"), ["flow"], unique=False)
        batch_op.create_index(batch_op.f("ix_flowrun_started_at"), ["started_at"], unique=False)

    op.create_table(
        "hottopic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("heat", sa.Float(), nullable=True),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("previous_rank", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list_key", "topic", name="uq_hot_list_topic"),
    )
    with op.batch_alter_table("hottopic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hottopic_last_seen_at"), ["last_seen_at"], unique=False)

    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("until", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "logentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("logentry", schema=None) as batch_op:
        batch_op.create_index("ix_log_subject", ["subject", "subject_id"], unique=False)

    op.create_table(
        "media",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "settings", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("trust", sa.Integer(), nullable=False),
        sa.Column("reprint", sa.String(length=12), nullable=False),
        sa.Column("rhythm_minutes", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            "cursor", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("next_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_tried_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_new_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_next_at"), ["next_at"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(length=30), nullable=False),
        sa.Column("hazard_name", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column(
            "areas", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("area_text", sa.Text(), nullable=False),
        sa.Column("opened_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("end_kind", sa.String(length=12), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ended_by"], ["user.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_hazard"), ["hazard"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("identifier", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("sent", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("msg_type", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column(
            "references", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("hazard", sa.String(length=30), nullable=False),
        sa.Column("hazard_name", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column(
            "areas", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("area_text", sa.Text(), nullable=False),
        sa.Column("effective", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expires_is_own", sa.Boolean(), nullable=False),
        sa.Column("received_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column(
            "notes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "place_notes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("raw_xml", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sender", "identifier", name="uq_alert_sender_identifier"),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_received_at"), ["received_at"], unique=False)

    op.create_table(
        "alertreference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("identifier", sa.String(length=200), nullable=False),
        sa.Column("sent", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alertreference", schema=None) as batch_op:
        batch_op.create_index("ix_alert_reference_named", ["identifier", "sender"], unique=False)
        batch_op.create_index(batch_op.f("ix_alertreference_alert_id"), ["alert_id"], unique=False)

    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.Column("published_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("collected_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Float(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("science", sa.Float(), nullable=True),
        sa.Column(
            "keywords", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("tagged_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("tagger_version", sa.String(length=64), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["article.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "external_id", name="uq_article_source_external"),
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_canonical_url"), ["canonical_url"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_cluster_id"), ["cluster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_collected_at"), ["collected_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_duplicate_of"), ["duplicate_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_tagged_at"), ["tagged_at"], unique=False)

    op.create_table(
        "credential",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "loginsession",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("loginsession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loginsession_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_loginsession_user_id"), ["user_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "formulas", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "body", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "reading_ids", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "changes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("frozen_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["frozen_by"], ["user.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("week", "revision", name="uq_report_week_revision"),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_week"), ["week"], unique=False)

    op.create_table(
        "storedtoken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "kind", name="uq_token_account_kind"),
    )
    with op.batch_alter_table("storedtoken", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_storedtoken_account_id"), ["account_id"], unique=False)

    op.create_table(
        "articlepicture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("media_sha256", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["media_sha256"], ["media.sha256"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "position", name="uq_picture_article_position"),
    )
    with op.batch_alter_table("articlepicture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articlepicture_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_articlepicture_media_sha256"), ["media_sha256"], unique=False)

    op.create_table(
        "articlerevision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "revision", name="uq_revision_article_number"),
    )
    with op.batch_alter_table("articlerevision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articlerevision_article_id"), ["article_id"], unique=False)

    op.create_table(
        "band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "key", name="uq_band_article_key"),
    )
    with op.batch_alter_table("band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_band_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_band_key"), ["key"], unique=False)

    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "evidence", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("made_by", sa.String(length=8), nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "theme", "key", name="uq_tag_article_theme_key"),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_theme"), ["theme"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_user_id"), ["user_id"], unique=False)

    op.create_table(
        "storyversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("short_text", sa.Text(), nullable=False),
        sa.Column("video_title", sa.String(), nullable=False),
        sa.Column("video_url", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("source_line", sa.String(), nullable=False),
        sa.Column("ai_use", sa.String(length=10), nullable=False),
        sa.Column("cover_sha256", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cover_sha256"], ["media.sha256"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["edited_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("story_id", "number", name="uq_version_story_number"),
    )
    with op.batch_alter_table("storyversion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_storyversion_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_storyversion_cover_sha256"), ["cover_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_storyversion_story_id"), ["story_id"], unique=False)

    op.create_table(
        "pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("hazard", sa.String(length=30), nullable=False),
        sa.Column(
            "levels", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("pack", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pack_hazard"), ["hazard"], unique=False)
        batch_op.create_index(batch_op.f("ix_pack_story_id"), ["story_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pack_story_version_id"), ["story_version_id"], unique=False)

    op.create_table(
        "filling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("pack_version_id", sa.Integer(), nullable=False),
        sa.Column("filled_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["pack_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("filling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filling_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filling_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filling_pack_id"), ["pack_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filling_story_version_id"), ["story_version_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("marker", sa.String(length=40), nullable=False),
        sa.Column(
            "form", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("marker"),
        sa.UniqueConstraint("story_version_id", "account_id", name="uq_post_version_account"),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_story_version_id"), ["story_version_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("released_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("story_version_id", "user_id", name="uq_release_version_user"),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_story_version_id"), ["story_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_user_id"), ["user_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("editor_id IS NULL OR reviewer_id <> editor_id", name="ck_review_not_own_text"),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("story_version_id", "reviewer_id", name="uq_review_version_reviewer"),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_story_version_id"), ["story_version_id"], unique=False)
        batch_op.create_index(
            "uq_review_version_step_passed",
            ["story_version_id", "step"],
            unique=True,
            sqlite_where=sa.text("verdict = 'passed'"),
            postgresql_where=sa.text("verdict = 'passed'"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("story_version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("due_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=False),
        sa.Column("lease_until", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("hand_off", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("sending_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("live_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_version_id"], ["storyversion.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("story_version_id", "account_id", name="uq_delivery_version_account"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_delivery_due", ["state", "lane", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_story_version_id"), ["story_version_id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=60), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("marker", sa.String(length=40), nullable=False),
        sa.Column("started_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column(
            "external_ids",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("raw_code", sa.String(length=40), nullable=False),
        sa.Column("raw_message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "followup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", content_store.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id", "alert_id", "delivery_id", "kind", name="uq_follow_up"),
    )
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_followup_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_followup_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_followup_done_at"), ["done_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_followup_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_followup_story_id"), ["story_id"], unique=False)
        batch_op.create_index(
            "uq_follow_up_ended",
            ["delivery_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'mark_ended'"),
            postgresql_where=sa.text("kind = 'mark_ended'"),
        )
        batch_op.create_index(
            "uq_follow_up_review",
            ["story_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'full_review'"),
            postgresql_where=sa.text("kind = 'full_review'"),
        )

    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("for_date", sa.Date(), nullable=True),
        sa.Column("input_kind", sa.String(length=16), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=True),
        sa.Column("likes", sa.Integer(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=True),
        sa.Column("shares", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("favourites", sa.Integer(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("new_followers", sa.Integer(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_for_date"), ["for_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_taken_at"), ["taken_at"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column(
            "external_ids",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("public_url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("raw_code", sa.String(length=40), nullable=False),
        sa.Column("raw_message", sa.Text(), nullable=False),
        sa.Column("updated_at", content_store.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id"),
    )


def downgrade() -> None:

    op.drop_table("receipt")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_taken_at"))
        batch_op.drop_index(batch_op.f("ix_reading_for_date"))
        batch_op.drop_index(batch_op.f("ix_reading_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_reading_account_id"))

    op.drop_table("reading")
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followup_event_id"))
        batch_op.drop_index(batch_op.f("ix_followup_done_at"))
        batch_op.drop_index(batch_op.f("ix_followup_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_followup_alert_id"))

    op.drop_table("followup")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_delivery_id"))

    op.drop_table("attempt")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_story_version_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_state"))
        batch_op.drop_index(batch_op.f("ix_delivery_post_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_event_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_due_at"))
        batch_op.drop_index("ix_delivery_due")
        batch_op.drop_index(batch_op.f("ix_delivery_account_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_version_step_passed",
            sqlite_where=sa.text("verdict = 'passed'"),
            postgresql_where=sa.text("verdict = 'passed'"),
        )
        batch_op.drop_index(batch_op.f("ix_review_story_version_id"))
        batch_op.drop_index(batch_op.f("ix_review_reviewer_id"))

    op.drop_table("review")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_user_id"))
        batch_op.drop_index(batch_op.f("ix_release_story_version_id"))
        batch_op.drop_index(batch_op.f("ix_release_event_id"))

    op.drop_table("release")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_story_version_id"))
        batch_op.drop_index(batch_op.f("ix_post_account_id"))

    op.drop_table("post")
    op.drop_table("filling")
    with op.batch_alter_table("pack", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pack_story_version_id"))
        batch_op.drop_index(batch_op.f("ix_pack_story_id"))
        batch_op.drop_index(batch_op.f("ix_pack_hazard"))

    op.drop_table("pack")
    with op.batch_alter_table("storyversion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_storyversion_story_id"))
        batch_op.drop_index(batch_op.f("ix_storyversion_cover_sha256"))
        batch_op.drop_index(batch_op.f("ix_storyversion_content_hash"))

    op.drop_table("storyversion")
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_user_id"))
        batch_op.drop_index(batch_op.f("ix_tag_theme"))
        batch_op.drop_index(batch_op.f("ix_tag_key"))
        batch_op.drop_index(batch_op.f("ix_tag_article_id"))

    op.drop_table("tag")
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_story_updated_at"))
        batch_op.drop_index(batch_op.f("ix_story_status"))
        batch_op.drop_index(batch_op.f("ix_story_event_id"))
        batch_op.drop_index(batch_op.f("ix_story_article_id"))

    op.drop_table("story")
    with op.batch_alter_table("band", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_band_key"))
        batch_op.drop_index(batch_op.f("ix_band_article_id"))

    op.drop_table("band")
    with op.batch_alter_table("articlerevision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articlerevision_article_id"))

    op.drop_table("articlerevision")
    with op.batch_alter_table("articlepicture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articlepicture_media_sha256"))
        batch_op.drop_index(batch_op.f("ix_articlepicture_article_id"))

    op.drop_table("articlepicture")
    with op.batch_alter_table("storedtoken", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_storedtoken_account_id"))

    op.drop_table("storedtoken")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_week"))

    op.drop_table("report")
    with op.batch_alter_table("loginsession", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loginsession_user_id"))
        batch_op.drop_index(batch_op.f("ix_loginsession_expires_at"))

    op.drop_table("loginsession")
    op.drop_table("credential")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_tagged_at"))
        batch_op.drop_index(batch_op.f("ix_article_source_id"))
        batch_op.drop_index(batch_op.f("ix_article_published_at"))
        batch_op.drop_index(batch_op.f("ix_article_duplicate_of"))
        batch_op.drop_index(batch_op.f("ix_article_collected_at"))
        batch_op.drop_index(batch_op.f("ix_article_cluster_id"))
        batch_op.drop_index(batch_op.f("ix_article_canonical_url"))

    op.drop_table("article")
    op.drop_table("alertreference")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_received_at"))
        batch_op.drop_index(batch_op.f("ix_alert_event_id"))

    op.drop_table("alert")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_opened_at"))
        batch_op.drop_index(batch_op.f("ix_event_hazard"))

    op.drop_table("event")
    op.drop_table("user")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_next_at"))

    op.drop_table("source")
    op.drop_table("media")
    with op.batch_alter_table("logentry", schema=None) as batch_op:
        batch_op.drop_index("ix_log_subject")

    op.drop_table("logentry")
    op.drop_table("lease")
    with op.batch_alter_table("hottopic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hottopic_last_seen_at"))

    op.drop_table("hottopic")
    with op.batch_alter_table("flowrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flowrun_started_at"))
        batch_op.drop_index(batch_op.f("ix_flowrun_flow"))

    op.drop_table("flowrun")
    op.drop_table("cluster")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_platform"))
        batch_op.drop_index(batch_op.f("ix_account_area"))

    op.drop_table("account")
