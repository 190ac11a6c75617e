"""Accounts at work: do their credentials hold, until when, and the owner's new consent."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from connectors.base import Channel, ErrorClass, Outcome
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError
from content_store import accounts, log
from content_store.tables import Account, User
from steps.account_fields import app_of
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.settling import BEIJING

STOPPING = frozenset({ErrorClass.AUTH_REAUTH, ErrorClass.PERMISSION})
"""Refusals after which an account sends nothing until a person has acted."""


@runtime_checkable
class NeedsConsent(Protocol):
    """A channel whose owner consents on the platform's own page."""

    def consent_url(self, redirect_uri: str, state: str) -> str: ...

    def consent(self, code: str, redirect_uri: str) -> dict[str, str]: ...

    def consent_ends_at(self) -> datetime | None: ...


def check_account(newsroom: Newsroom, account_key: str, now: datetime, by: int | None = None) -> Outcome:
    """Asks the platform whether the account works. A stopped account that works goes on; one that is refused stops.

    Returns `done` (with "expires_at" where it is known) or `failed` with cause and remedy. Raises Missing.
    """
    account = the_account(newsroom, account_key)
    try:
        outcome = newsroom.channel(account).check()
    except ConnectorError as error:
        outcome = outcome_of(error, now)
    if outcome.state == "done":
        _set_stopped(newsroom, account, "", by, now)
    elif outcome.refusal is not None and outcome.refusal.kind in STOPPING:
        _set_stopped(newsroom, account, f"{outcome.refusal.cause}{outcome.refusal.remedy}", by, now)
    return outcome


def consent_ends_at(newsroom: Newsroom, account: Account) -> datetime | None:
    """When the owner must consent anew at the latest; None where it never ends or nobody knows. Asks nobody."""
    try:
        channel = newsroom.channel(account)
    except ConnectorError:
        return None
    ends = channel.consent_ends_at() if isinstance(channel, NeedsConsent) else None
    # a date that a person wrote beside the keys is a day in Beijing
    return ends.replace(tzinfo=BEIJING) if ends is not None and ends.tzinfo is None else ends


def can_consent(newsroom: Newsroom, account: Account) -> bool:
    """Whether the account's owner consents on a page of the platform. Asks nobody."""
    try:
        return isinstance(newsroom.channel(account), NeedsConsent)
    except ConnectorError:
        return False


def consent_url(newsroom: Newsroom, account_key: str, *, redirect_uri: str, state: str) -> str:
    """The platform's page where the account's owner consents. Raises Refused, Missing or ConnectorError."""
    return _consenting(newsroom.channel(the_account(newsroom, account_key))).consent_url(redirect_uri, state)


def finish_consent(
    newsroom: Newsroom, account_key: str, *, code: str, redirect_uri: str, now: datetime, by: int | None
) -> None:
    """Keeps what the consent gave, and lets a stopped account go on. Raises Refused, Missing or ConnectorError."""
    account = the_account(newsroom, account_key)
    assert account.id is not None
    with newsroom.store.reading() as session:
        asked_with = app_of(account.platform, accounts.credentials(session, account.id, newsroom.vault))
    given = _consenting(newsroom.channel(account)).consent(code, redirect_uri)
    with newsroom.store.session() as session:
        known = accounts.credentials(session, account.id, newsroom.vault, to_be_changed=True)
        if app_of(account.platform, known) != asked_with:
            raise Refused("授权途中有人换了这个账号的应用，请重新授权一次。")
        owner = next((name for name in ("uid", "open_id") if known.get(name) and given.get(name) != known[name]), None)
        if owner is not None:
            raise Refused(f"授权的是另一个账号，请退出平台后用“{account.name}”重新登录授权。")
        # nothing replaces something: a platform that leaves a field out does not wipe what we have
        kept = {**known, **{name: value for name, value in given.items() if value}}
        accounts.keep_credentials(session, account.id, kept, newsroom.vault, now=now)
    _set_stopped(newsroom, account, "", by, now)


def the_account(newsroom: Newsroom, key: str) -> Account:
    """Raises Missing."""
    with newsroom.store.reading() as session:
        account = accounts.by_key(session, key)
    if account is None:
        raise Missing(f"没有代号为 {key} 的账号，请先登记。")
    return account


def _consenting(channel: Channel) -> NeedsConsent:
    if not isinstance(channel, NeedsConsent):
        raise Refused("这个平台不用网页授权，请直接填写密钥。")
    return channel


def _set_stopped(newsroom: Newsroom, account: Account, reason: str, by: int | None, now: datetime) -> None:
    if account.stopped_reason == reason:
        return
    assert account.id is not None
    with newsroom.store.session() as session:
        user = session.get(User, by) if by is not None else None
        log.append(
            session,
            at=now,
            subject="account",
            subject_id=account.id,
            act="stopped" if reason else "works",
            actor=user.display_name if user else "检测",
            why=reason,
        )
        accounts.stop(session, account.id, reason)
