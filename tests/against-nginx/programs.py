"""The programs that are measured: started on one core, asked what they use, and ended."""

import os
import pathlib
import re
import socket
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).parent


class Program:
    """One program on one core."""

    def __init__(self, name, core, command, port, folder, environment=None):
        self.name, self.port = name, port
        self.log = folder / f"{name}.stderr"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "--cpu-list", str(core), *map(str, command)],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            )
        self.wait()

    def wait(self):
        """Until it listens."""
        for _ in range(200):
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended at once:\n{self.log.read_text()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} does not listen:\n{self.log.read_text()}")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self):
        """Seconds of CPU time so far."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = stat[stat.rindex(")") + 2:].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        """Kilobytes of memory now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class Watch:
    """Samples a program's resident memory until it is left."""

    def __init__(self, program):
        self.program, self.samples, self.over = program, [program.resident()], threading.Event()
        self.thread = threading.Thread(target=self.sample)

    def sample(self):
        while not self.over.wait(0.1):
            self.samples.append(self.program.resident())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def peak(self):
        return max(self.samples)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [it.getsockname()[1] for it in sockets]
    for it in sockets:
        it.close()
    return ports


def nginx(name, core, port, folder, words):
    """nginx with the configuration of this name, in this folder."""
    configuration = (HERE / f"{name}.conf").read_text()
    for word, value in words.items():
        configuration = configuration.replace("{%s}" % word, str(value))
    path = folder / f"{name}.conf"
    path.write_text(configuration)
    command = ["nginx", "-p", folder, "-c", path, "-e", "stderr"]
    return Program(name, core, command, port, folder)


def vizard(binary, core, port, folder, words):
    """Vizard in front of the upstream, configured by nothing but what stands here."""
    source = f"http://127.0.0.1:{words['upstream']}"
    environment = {
        "VIZARD_BIND": "127.0.0.1",
        "PORT": str(port),
        "SOURCE": "zoom",
        "RULES": words["rules"],
        "TARGET_HOST": source,
        "REFRESH_ENDPOINT": f"{source}/oauth/token",
        "VIZARD_ALLOW_LOOPBACK_HTTP": "true",
        "VIZARD_CALLER_AUTH": "none",
        "CLIENT_ID": "client", "CLIENT_SECRET": "client secret", "ACCOUNT_ID": "account",
        "PSOXY_SALT": "salt of a measurement, of no use elsewhere",
        "PSOXY_ENCRYPTION_KEY": "key of a measurement, of no use elsewhere",
    }
    return Program("vizard", core, [binary, "serve"], port, folder, environment)
