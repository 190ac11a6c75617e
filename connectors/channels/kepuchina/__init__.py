"""科普中国·科普号: no interface is known, so a person uploads the package that is made here."""

from connectors.channels.kepuchina.channel import KepuChina

__all__ = ["KepuChina"]
