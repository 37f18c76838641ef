"""All that knows SQL. A pool for every shard; the router says which."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from ids import uuid7
from models import NewOrder, Order
from router import ConsistentHashRouter

SHOW = """
    SELECT tenant_id, order_id, customer_id, status, total_cents, currency, created_at
    FROM orders WHERE tenant_id = $1 AND order_id = $2"""
LIST = """
    SELECT tenant_id, order_id, customer_id, status, total_cents, currency, created_at
    FROM orders WHERE tenant_id = $1
    ORDER BY created_at DESC, order_id DESC LIMIT $2 OFFSET $3"""
INSERT = """
    INSERT INTO orders
        (tenant_id, order_id, customer_id, status, total_cents, currency, created_at)
    VALUES ($1, $2, $3, 'placed', $4, $5, $6)"""
SINCE = """
    SELECT currency, count(*), sum(total_cents)::bigint
    FROM orders WHERE created_at >= $1 GROUP BY currency"""


class OrderRepository:
    def __init__(self, pools: list[asyncpg.Pool]) -> None:
        self._pools = pools
        self._router = ConsistentHashRouter(len(pools))

    @classmethod
    async def connect(cls, urls: list[str], size: int) -> "OrderRepository":
        pools = [asyncpg.create_pool(url, min_size=size, max_size=size) for url in urls]
        return cls(list(await asyncio.gather(*pools)))

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools))

    def _pool(self, tenant_id: str) -> asyncpg.Pool:
        return self._pools[self._router.shard_of(tenant_id)]

    async def find(self, tenant_id: str, order_id: UUID) -> Order | None:
        row = await self._pool(tenant_id).fetchrow(SHOW, tenant_id, order_id)
        return Order(**row) if row else None

    async def newest(self, tenant_id: str, limit: int, offset: int) -> list[Order]:
        rows = await self._pool(tenant_id).fetch(LIST, tenant_id, limit, offset)
        return [Order(**row) for row in rows]

    async def insert(self, order: NewOrder) -> UUID:
        order_id = uuid7()
        await self._pool(order.tenant_id).execute(
            INSERT,
            order.tenant_id,
            order_id,
            order.customer_id,
            order.total_cents,
            order.currency,
            datetime.now(UTC),
        )
        return order_id

    async def since(self, moment: datetime) -> list[list[asyncpg.Record]]:
        return await asyncio.gather(*(pool.fetch(SINCE, moment) for pool in self._pools))
