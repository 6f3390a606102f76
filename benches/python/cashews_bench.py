"""Hits a second of cashews on a Redis: cashews_bench.py URL SECONDS CALLERS.."""

import asyncio
import random
import sys
import time

from cashews import cache

KEYS = 2_000
USER = dict(
    org=4711, name="Ada Lovelace", role="maintainer", active=True, visits=31415, balance=1234.5,
    locale="en-GB", created="2024-05-17T09:30:00Z", about="wrote the first program, for engines",
)


@cache(ttl="1h", key="cashews:user:{id}")
async def user(id):
    return dict(USER, id=10_000_000 + id, email=f"ada.{10_000_000 + id}@example.org")


async def caller(nth, share, until):
    done = 0
    while time.perf_counter() < until:
        await user(nth * share + random.randrange(share))
        done += 1
    return done


async def main(url, seconds, callers):
    cache.setup(url)
    for id in range(KEYS):
        await user(id)
    for count in callers:
        start = time.perf_counter()
        share = max(KEYS // count, 1)
        done = sum(await asyncio.gather(*(caller(nth, share, start + seconds) for nth in range(count))))
        print(done / (time.perf_counter() - start))


asyncio.run(main(sys.argv[1], float(sys.argv[2]), [int(count) for count in sys.argv[3:]]))
