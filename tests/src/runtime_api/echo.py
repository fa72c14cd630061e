#!/usr/bin/env python3
"""A runtime that does what the event says, for the tests of the harness itself."""

import http.client
import json
import os
import signal
import sys
import threading
import time

API = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
INVOCATION = "/2018-06-01/runtime/invocation"


def call(method, path, body=None, headers=None, connection=API):
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def say(text):
    print(json.dumps({"said": text}), flush=True)


def tick():
    """Counts in the background, as long as the process is not frozen."""
    global ticks
    while True:
        time.sleep(0.01)
        ticks += 1


def wait_for_shutdown():
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    name = {"Lambda-Extension-Name": "goodbye"}
    answer, _ = call("POST", "/2020-01-01/extension/register", "{}", name, connection)
    assert answer.headers["Lambda-Extension-Identifier"]
    signal.signal(signal.SIGTERM, goodbye)


def goodbye(_signal, _frame):
    say("goodbye")
    os._exit(0)


def run(event):
    done = event.get("do")
    if done == "die":
        os._exit(3)
    if done == "hang":
        time.sleep(3600)
    if done == "pause":
        time.sleep(event["seconds"])
    if done == "large":
        return "x" * event["bytes"]
    if done == "say":
        say(event["text"])
    if done == "tell":
        return {"pid": os.getpid(), "ticks": ticks, "served": served, "cwd": os.listdir(".")}
    if done == "environment":
        return dict(os.environ)
    return event


ticks = 0
served = 0
threading.Thread(target=tick, daemon=True).start()
if os.environ.get("BREAKS") == "at the start":
    trouble = {"errorType": "Sad", "errorMessage": "no salt"}
    call("POST", "/2018-06-01/runtime/init/error", json.dumps(trouble))
    say("could not start")
    sys.exit(1)
if os.environ.get("EXTENSION"):
    wait_for_shutdown()
while True:
    answer, event = call("GET", INVOCATION + "/next")
    asked = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(event)
    if event.get("do") == "fail":
        trouble = {"errorType": "Sad", "errorMessage": event["why"]}
        call("POST", f"{INVOCATION}/{asked}/error", json.dumps(trouble))
        continue
    if event.get("do") == "headers":
        result = {name.lower(): value for name, value in answer.headers.items()}
    else:
        result = run(event)
    served += 1
    answer, _ = call("POST", f"{INVOCATION}/{asked}/response", json.dumps(result))
    if answer.status != 202:
        say(answer.status)
        answer, _ = call("POST", f"{INVOCATION}/{asked}/error", "{}")
        say(answer.status)
    if event.get("do") == "die afterwards":
        os._exit(4)
