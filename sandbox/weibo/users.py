"""Users as the API shows them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from sandbox.calls import Call, Platform, Refused
from sandbox.figures import followers
from sandbox.store import Doc, Tx
from sandbox.weibo.auth import required

INSIDE = tuple(map(ip_network, ("0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def is_rip(call: Call, text: str) -> bool:
    """An address that somebody outside could see: no private one; this machine's own where the account may."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if address.is_loopback:
        return bool(call.account.get("loopback_rip", True))
    odd = address.is_link_local or address.is_multicast or address.is_unspecified
    return not odd and not any(address in network for network in INSIDE)


def counts_of(tx: Tx, account: Doc) -> Doc:
    posts = [post for post in tx.find("weibo.post", account["uid"]) if post["visible"] and post["removed_at"] is None]
    return {
        "followers_count": followers(tx.seed, account["uid"], account["followers"], tx.now - account["since"]),
        "friends_count": 120 + int(account["uid"][-3:]) % 90,
        "statuses_count": 800 + len(posts),
    }


def user_object(call: Call, account: Doc) -> Doc:
    return {
        "id": int(account["uid"]),
        "idstr": account["uid"],
        "screen_name": account["name"],
        "name": account["name"],
        "location": "吉林",
        "description": account["unit"],
        "profile_url": f"{call.world.base}/weibo/u/{account['uid']}",
        "verified": account["verified"],
        "verified_reason": f"{account['unit']}官方微博" if account["verified"] else "",
        **counts_of(call.tx, account),
    }


def show(call: Call) -> Doc:
    required(call.query, "uid")
    account = call.tx.get("account.weibo", call.query["uid"])
    if account is None:
        raise Refused(20003)
    return user_object(call, account)


def counts(call: Call) -> list[Doc]:
    required(call.query, "uids")
    uids = call.query["uids"].split(",")
    if len(uids) > 100:
        raise Refused(10008)
    accounts = [account for uid in uids if (account := call.tx.get("account.weibo", uid.strip()))]
    return [{"id": int(account["uid"]), **counts_of(call.tx, account)} for account in accounts]


def register(platform: Platform) -> None:
    platform.on("GET", "/2/users/show.json")(show)
    platform.on("GET", "/2/users/counts.json")(counts)
