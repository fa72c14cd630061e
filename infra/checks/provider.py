"""Stand-ins for the providers, of AWS and of Google, that know their schemas and nothing else.

Terraform asks it what arguments there are, and checks the modules against the answer with its own code: unknown and
missing arguments, wrong blocks, wrong types, references to attributes that do not exist. Tests run with mock_provider,
where Terraform makes up what the cloud would say. There is no client of a cloud here, and nothing can be planned or
applied.

    provider.py SCHEMA.json...         serves until its input ends; prints what TF_REATTACH_PROVIDERS has to be
"""

import json
import os
import sys
from concurrent import futures

import grpc

NESTING = {"single": 1, "list": 2, "set": 3}


# The wire format of protocol buffers, as far as it is needed: numbers, and what has a length.

def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def text(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(message):
    """The fields of a message that have a length, by number."""
    found, at = {}, 0
    while at < len(message):
        key, at = read_varint(message, at)
        length, at = read_varint(message, at)
        if key & 7 == 2:
            found[key >> 3] = message[at:at + length]
            at += length
    return found


def read_varint(message, at):
    value = shift = 0
    while True:
        value |= (message[at] & 127) << shift
        shift += 7
        at += 1
        if message[at - 1] < 128:
            return value, at


# The plugin protocol, version 5: field numbers as in its published definition.

def block(it):
    attributes = (text(2, attribute(name, it["attributes"][name])) for name in sorted(it["attributes"]))
    blocks = (text(3, nested(name, it["blocks"][name])) for name in sorted(it["blocks"]))
    return b"".join([*attributes, *blocks])


def attribute(name, it):
    flags = number(4, it["required"]) + number(5, it["optional"]) + number(6, it["computed"]) + number(10, it["write_only"])
    return text(1, name) + text(2, json.dumps(it["type"])) + flags


def nested(name, it):
    limits = number(4, it["min"]) + number(5, it["max"])
    return text(1, name) + text(2, block(it["block"])) + number(3, NESTING[it["nesting"]]) + limits


def schema_of(types):
    def entry(field, name, it):
        return text(field, text(1, name) + text(2, text(2, block(it))))

    parts = [text(1, text(2, block(types["provider"])))]
    for name, it in types.items():
        if name.startswith("data."):
            parts.append(entry(3, name.removeprefix("data."), it))
        elif name != "provider":
            parts.append(entry(2, name, it))
    return b"".join(parts)


class Provider(grpc.GenericRpcHandler):
    def __init__(self, types):
        nothing = lambda request: b""
        self.answers = {
            "GetSchema": lambda request, it=schema_of(types): it,
            "PrepareProviderConfig": lambda request: text(1, fields(request).get(1, b"")),
            "ValidateResourceTypeConfig": nothing,
            "ValidateDataSourceConfig": nothing,
            "Configure": nothing,
            "Stop": nothing,
        }

    def service(self, call):
        _, service, method = call.method.split("/")
        if service == "grpc.health.v1.Health":
            return grpc.unary_unary_rpc_method_handler(lambda request, context: number(1, 1))
        answer = self.answers.get(method) if service == "tfplugin5.Provider" else None
        return answer and grpc.unary_unary_rpc_method_handler(lambda request, context: answer(request))


def main():
    servers, plugins = [], {}
    for path in sys.argv[1:]:
        schema = json.load(open(path))
        server = grpc.server(futures.ThreadPoolExecutor(4), handlers=[Provider(schema["types"])])
        address = {"Network": "tcp", "String": f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"}
        server.start()
        servers.append(server)
        plugins[schema["provider"]] = {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True, "Addr": address}
    print(json.dumps(plugins), flush=True)
    sys.stdin.read()
    for server in servers:
        server.stop(None)


if __name__ == "__main__":
    main()
