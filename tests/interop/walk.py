"""Walks the documentation's example with whatever version of the official client is found first, and prints a line for
each of the two processes: the GUIDs of its ancestors, then `|`, then what was asked for it."""

import collections
import collections.abc
import os
import sys

import requests
import urllib3
import yaml

# What these versions, or what they stand on, expect of an older Python and of an older PyYAML.
for name in ("Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))
load = yaml.load
yaml.load = lambda text, Loader=yaml.SafeLoader: load(text, Loader)
urllib3.disable_warnings()

from cbapi.response import CbResponseAPI, Process  # noqa: E402

url, token = os.environ["SERVER_URL"], os.environ["SERVER_TOKEN"]
log = f"{url}/_sim/log"


def asked():
    """What was asked since it was last looked at."""
    seen = requests.get(log, verify=False).json()
    requests.delete(log, verify=False)
    return [one["target"].split("?")[0] for one in seen]


cb = CbResponseAPI(url=url, token=token, ssl_verify=False)
asked()
for process in cb.select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah"):
    walked = []
    process.walk_parents(lambda parent, depth: walked.append(parent.id))
    sys.stdout.write(" ".join(walked) + "|" + " ".join(asked()) + "\n")
