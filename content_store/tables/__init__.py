"""The tables, one file per subject; the words are those of the design's glossary."""

from content_store.tables.accounts import Account, Credential, StoredToken
from content_store.tables.collected import (
    Article,
    ArticlePicture,
    ArticleRevision,
    ArticleSignature,
    Band,
    Cluster,
    KeptPage,
    Media,
    Source,
)
from content_store.tables.deliveries import Attempt, Delivery, DeliveryState, Lane, Post, Receipt
from content_store.tables.events import Alert, AlertReference, Event, Filling, FollowUp, Pack, Release
from content_store.tables.figures import Reading, Report
from content_store.tables.log import LogEntry
from content_store.tables.notices import ClockNotice, SeenCallback
from content_store.tables.people import LoginSession, User
from content_store.tables.quotas import QuotaUse
from content_store.tables.running import FlowRun, Lease
from content_store.tables.same_events import EventReport, EventWord
from content_store.tables.stories import Review, ReviewStep, Story, StoryVersion, Verdict
from content_store.tables.tags import HotTopic, KindByPerson, Tag
from content_store.tables.tasks import Task, TaskKind

__all__ = [
    "Account",
    "Alert",
    "AlertReference",
    "Article",
    "ArticlePicture",
    "ArticleRevision",
    "ArticleSignature",
    "Attempt",
    "Band",
    "ClockNotice",
    "Cluster",
    "Credential",
    "Delivery",
    "DeliveryState",
    "Event",
    "EventReport",
    "EventWord",
    "Filling",
    "FlowRun",
    "FollowUp",
    "HotTopic",
    "KeptPage",
    "KindByPerson",
    "Lane",
    "Lease",
    "LogEntry",
    "LoginSession",
    "Media",
    "Pack",
    "Post",
    "QuotaUse",
    "Reading",
    "Receipt",
    "Release",
    "Report",
    "Review",
    "ReviewStep",
    "SeenCallback",
    "Source",
    "StoredToken",
    "Story",
    "StoryVersion",
    "Tag",
    "Task",
    "TaskKind",
    "User",
    "Verdict",
]
