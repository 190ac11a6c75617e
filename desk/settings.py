"""What the desk needs to know beside its newsroom; the door that runs it fills this from the home's settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeskSettings:
    login_hours: int = 12
    secure_cookies: bool = False
    """Set where the desk is reached by https."""
    prefect_ui_url: str = ""
    """The address people open to see Prefect's run history; empty where there is none."""
    prefect_api_url: str = ""
    """Asked by the system page whether Prefect answers; empty where there is none."""
    unit: str = "科普吉林"
