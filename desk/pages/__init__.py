"""One file per subject; `ROUTERS` is all of them."""

from desk.pages import (
    accounts,
    articles,
    callbacks,
    deliveries,
    emergency,
    inbox,
    login,
    media,
    previews,
    readers,
    reports,
    reviews,
    schedule,
    sources,
    staff,
    stories,
    system,
)

ROUTERS = tuple(
    module.router
    for module in (
        login,
        inbox,
        articles,
        previews,
        stories,
        reviews,
        schedule,
        deliveries,
        emergency,
        reports,
        sources,
        accounts,
        system,
        staff,
        media,
        readers,
        callbacks,
    )
)
