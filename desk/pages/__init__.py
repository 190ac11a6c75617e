"""One file per subject; `ROUTERS` is all of them."""

from desk.pages import (
    accounts,
    adding,
    articles,
    callbacks,
    codes,
    days,
    deliveries,
    emergency,
    hot,
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
    tasks,
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
        tasks,
        hot,
        days,
        emergency,
        reports,
        adding,
        sources,
        codes,
        accounts,
        system,
        staff,
        media,
        readers,
        callbacks,
    )
)
