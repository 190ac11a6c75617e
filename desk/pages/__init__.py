"""One file per subject; `ROUTERS` is all of them."""

from desk.pages import articles, inbox, login, media, previews, reviews, stories

ROUTERS = (
    login.router,
    inbox.router,
    articles.router,
    previews.router,
    stories.router,
    reviews.router,
    media.router,
)
