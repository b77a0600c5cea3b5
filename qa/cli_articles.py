"""`dateline articles list|show|delete`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from qa.cli_options import Data, Json, tell, text_of

app = typer.Typer(help="List, read and withdraw articles.", no_args_is_help=True)

ArticleId = Annotated[str, typer.Argument(metavar="ID", help="The article's id, from `list`")]


@app.command("list")
def list_articles(
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many")] = 100,
    after: Annotated[str | None, typer.Option(help="Only ids after this one")] = None,
    as_json: Json = False,
) -> None:
    """List the articles by id."""
    from qa.opening import opened_catalogue
    from qa.settings import read_settings
    from qa.show import article_json, plain

    after = None if after is None else text_of(after)
    with opened_catalogue(read_settings({"data": data}), "dateline articles", tell) as store:
        found = store.catalogue.page(after, limit + 1)
        total = store.catalogue.counts()[0]
    page = found[:limit]
    last = page[-1].article.id if len(found) > limit else None
    if as_json:
        items = [article_json(one) for one in page]
        told = {"items": items, "next_cursor": last, "total": total}
        print(json.dumps(told, ensure_ascii=False))
        return
    for one in page:
        article = one.article
        day = article.published.isoformat() if article.published else "undated   "
        print(plain(f"{article.id}  {day}  {article.source or '-'}  {article.title}"))
    if total == 0:
        print("(no articles yet; `dateline index PATH…` takes them in)")
    elif not page:
        print(f"(none of the {total} articles has an id after this one)")
    elif last:
        print(f"({len(page)} of {total} articles; --after {last} shows the next)")


@app.command()
def show(article_id: ArticleId, data: Data = None, as_json: Json = False) -> None:
    """Show one article as it was cleaned and stored."""
    from qa.opening import opened_catalogue
    from qa.settings import read_settings
    from qa.show import article_json, plain

    with opened_catalogue(read_settings({"data": data}), "dateline articles", tell) as store:
        stored = store.catalogue.article(text_of(article_id))
    if as_json:
        print(json.dumps({**article_json(stored), "text": stored.article.text}, ensure_ascii=False))
        return
    article = stored.article
    print(plain(article.title))
    told = [article.source, *article.authors, article.published and article.published.isoformat()]
    print(plain(" · ".join(part for part in told if part) or "no outlet, author or date told"))
    if article.url:
        print(plain(article.url))
    print()
    print(plain(article.text))


@app.command()
def delete(article_id: ArticleId, data: Data = None, as_json: Json = False) -> None:
    """Withdraw an article: it is cited no more, and indexing its file does not bring it back."""
    from qa.opening import opened_catalogue
    from qa.settings import read_settings

    with opened_catalogue(read_settings({"data": data}), "dateline articles", tell) as store:
        store.withdraw(text_of(article_id))
    print(json.dumps({"withdrawn": article_id}) if as_json else f"withdrawn: {article_id}")
