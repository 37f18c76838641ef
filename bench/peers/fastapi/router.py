"""The articles' router: MD5, 150 virtual nodes a shard, bisect."""

import bisect
import hashlib


class ConsistentHashRouter:
    def __init__(self, shards: int, virtual_nodes: int = 150) -> None:
        points = sorted(
            (self._hash(f"shard-{shard}:{node}"), shard)
            for shard in range(shards)
            for node in range(virtual_nodes)
        )
        self._points = [point for point, _ in points]
        self._shards = [shard for _, shard in points]

    def shard_of(self, key: str) -> int:
        after = bisect.bisect(self._points, self._hash(key))
        return self._shards[after % len(self._shards)]

    @staticmethod
    def _hash(text: str) -> int:
        return int.from_bytes(hashlib.md5(text.encode()).digest(), "big")
