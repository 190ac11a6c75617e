"""What the desk needs to know beside its newsroom; the door that runs it fills this from the home's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from steps.rank import RankingRules


def _nobody_answers(_api: str) -> bool:
    return False


@dataclass(frozen=True)
class DeskSettings:
    login_hours: int = 12
    secure_cookies: bool = False
    """Set where the desk is reached by https."""
    prefect_api: str = ""
    """Where Prefect's server is asked; empty where there is none."""
    prefect_answers: Callable[[str], bool] = _nobody_answers
    """Asked by the system page, with `prefect_api`."""
    ranking_rules: RankingRules | None = None
    """Formulas and head of the weekly ranking; None: rankings are shown, but not made at the desk."""
    unit: str = "科普吉林"

    @property
    def prefect_page(self) -> str:
        """The address people open to see Prefect's run history."""
        return self.prefect_api.removesuffix("/").removesuffix("/api")
