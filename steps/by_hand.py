"""What people do with deliveries, under one name: each act has a file of its own, and `presses` carries it out."""

from __future__ import annotations

from steps.delivery_rules import CALLED_OFF
from steps.giving_up import give_up
from steps.handing_over import SHOWN, barred, show_hand_off
from steps.registering import LINKABLE, register_live, register_withdrawn
from steps.resending import resend
from steps.withdrawing import cancel, withdraw

__all__ = [
    "CALLED_OFF",
    "LINKABLE",
    "SHOWN",
    "barred",
    "cancel",
    "give_up",
    "register_live",
    "register_withdrawn",
    "resend",
    "show_hand_off",
    "withdraw",
]
