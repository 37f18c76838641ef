"""Orders by tenant on FastAPI and asyncpg, after the articles' design.

`POOL` (connections a shard, of one worker) and `SHARDS` (URLs, with commas between) say how.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from models import Created, NewOrder, Order, Stats
from repository import OrderRepository


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    urls = os.environ["SHARDS"].split(",")
    app.state.orders = await OrderRepository.connect(urls, int(os.environ["POOL"]))
    yield
    await app.state.orders.close()


app = FastAPI(lifespan=lifespan)


# A coroutine, since FastAPI runs plain functions in a thread.
async def repository(request: Request) -> OrderRepository:
    return request.app.state.orders


Orders = Annotated[OrderRepository, Depends(repository)]


@app.post("/orders", status_code=201)
async def create(order: NewOrder, orders: Orders, response: Response) -> Created:
    order_id = await orders.insert(order)
    response.headers["Location"] = f"/orders/{order.tenant_id}/{order_id}"
    return Created(order_id=order_id)


@app.get("/orders/{tenant_id}/{order_id}")
async def show(tenant_id: str, order_id: UUID, orders: Orders) -> Order:
    order = await orders.find(tenant_id, order_id)
    if order is None:
        raise HTTPException(404)
    return order


@app.get("/orders/{tenant_id}")
async def list_orders(
    tenant_id: str,
    orders: Orders,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[Order]:
    return await orders.newest(tenant_id, limit, offset)


@app.get("/stats")
async def stats(orders: Orders) -> Stats:
    since = datetime.now(UTC) - timedelta(days=30)
    total_orders = 0
    by_currency: dict[str, int] = defaultdict(int)
    for shard in await orders.since(since):
        for currency, count, cents in shard:
            total_orders += count
            by_currency[currency] += cents
    return Stats(
        total_orders=total_orders,
        total_revenue=sum(by_currency.values()),
        by_currency=by_currency,
        since=since,
        complete=True,
        missing=[],
    )
