"""A call to a platform, and the table of what a platform answers to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from sandbox import faults
from sandbox.faults import Rule
from sandbox.multipart import Part, parse_multipart
from sandbox.store import Doc, Tx
from sandbox.world import World


class Refused(Exception):
    """The platform says no: its code, its words, and what else stands in the answer."""

    def __init__(self, code: int | str, message: str = "", status: int = 200, **extra: Any) -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message, self.status, self.extra = code, message, status, extra


@dataclass
class Call:
    """One request, whole, inside one transaction."""

    world: World
    tx: Tx
    platform: str
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    ip: str
    line_fault: str = ""
    account: Doc = field(default_factory=dict)
    account_key: str = ""
    fault: Rule | None = None

    @property
    def now(self) -> float:
        return self.tx.now

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").lower()

    def parts(self) -> list[Part]:
        return parse_multipart(self.headers.get("content-type", ""), self.body)

    def fault_is(self, kind: str) -> bool:
        return self.fault is not None and self.fault.kind == kind

    def pick_answer_fault(self) -> None:
        """Called once the account is known. Raises Refused where the script says so."""
        self.fault = faults.pick_for_answer(self.tx, self.platform, self.method, self.path, self.account_key)
        if self.fault is not None and self.fault.kind == "error" and self.fault.code is not None:
            raise Refused(self.fault.code)


@dataclass(frozen=True)
class Endpoint:
    """`traits` say what the platform asks of a caller, e.g. needs a token, a verified account."""

    method: str
    path: str
    run: Callable[[Call], Any]
    traits: frozenset[str]


class Platform:
    """`admit` checks method, token, rights and quotas; `answer` and `refuse` put things into the platform's envelope."""

    def __init__(
        self,
        name: str,
        admit: Callable[[Call, Endpoint | None], None],
        answer: Callable[[Call, Any], Response],
        refuse: Callable[[Call, Refused], Response],
    ) -> None:
        self.name = name
        self._admit, self._answer, self._refuse = admit, answer, refuse
        self.table: dict[str, Endpoint] = {}

    def on(self, method: str, path: str, *traits: str) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
        """`method` may name several, "GET|POST"."""

        def register(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
            self.table[path] = Endpoint(method, path, run, frozenset(traits))
            return run

        return register

    def handle(self, call: Call) -> Response:
        code = "0"
        try:
            endpoint = self.table.get(call.path)
            self._admit(call, endpoint)
            result = endpoint.run(call) if endpoint else None
            response = result if isinstance(result, Response) else self._answer(call, result)
        except Refused as refused:
            code = str(refused.code)
            response = self._refuse(call, refused)
        fault = call.line_fault or (call.fault.kind if call.fault else "")
        note_call(call.tx, self.name, call.method, call.path, call.account_key, response.status_code, code, fault)
        return response


def note_call(
    tx: Tx, platform: str, method: str, path: str, account: str, status: int, code: str, fault: str, ms: float = 0.0
) -> None:
    """The list of calls at /_sandbox/calls; never with a query, which may hold tokens."""
    tx.db.execute(
        "insert into calls(at,platform,method,path,account,status,code,fault,ms) values(?,?,?,?,?,?,?,?,?)",
        (tx.now, platform, method, path, account, status, code, fault, ms),
    )


def json_response(data: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """Chinese stays Chinese, as the platforms send it."""
    return Response(json.dumps(data, ensure_ascii=False).encode(), status, media_type=media_type)
