"""The documentation's joined details, printed by the official client: `join.py URL TOKEN QUERY ROWS`.

Says how long the loop took, in seconds, and for how many processes. Connecting is not part of it.
"""

import sys
import time

from cbapi.response import CbResponseAPI, Process

url, token, query, rows = sys.argv[1:]
cb = CbResponseAPI(url=url, token=token, ssl_verify=False)
count = 0
began = time.perf_counter()
for proc in cb.select(Process).where(query).group_by("id"):
    details = [
        proc.hostname, proc.sensor.status, proc.sensor.group.name, proc.cmdline, proc.binary.signed,
        proc.binary.signing_data.publisher if proc.binary.signed else None,
    ]
    count += len(details) // 6
    if count == int(rows):
        break
print(time.perf_counter() - began, count)
