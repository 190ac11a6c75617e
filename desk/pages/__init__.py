"""One file per subject; `ROUTERS` is all of them."""

from desk.pages import (
    accounts,
    adding,
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
        adding,
        sources,
        accounts,
        system,
        staff,
        media,
        readers,
        callbacks,
    )
)
