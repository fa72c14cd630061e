"""Serves moto on a free port of 127.0.0.1, prints the port, and ends when its standard input ends.

The input is a pipe from the test, which the kernel closes when the test is gone, whatever became of it: so no
server is left behind. The services named as arguments are loaded before the port is printed; others would be
loaded by their first request.
"""

import gc

gc.disable()  # saves a quarter of a second while modules are loaded

import logging
import os
import sys
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server


class OneAtATime:
    """AWS counts the versions of a parameter without a gap, and lets one of many create it; moto, asked by several
    threads at once, does neither."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            return self.application(environ, start_response)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    for service in sys.argv[1:]:
        application.app_instances[service] = OneAtATime(create_backend_app(service))
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gc.freeze()
    gc.enable()
    print(server.server_port, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)  # at once: requests in flight have nobody who waits for them


if __name__ == "__main__":
    main()
