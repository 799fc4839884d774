"""The web service of docs/serving.md."""

import asyncio
import pathlib
import threading

import pytest
import test_docs

httpx = pytest.importorskip("httpx")
pytest.importorskip("fastapi")

CHECKOUT = pathlib.Path(__file__).parents[2]
CAT = (CHECKOUT / "samples/cat.png").read_bytes()


class Gate:
    """A network whose calls wait until it is opened, and are noted."""

    def __init__(self, net):
        self.net, self.batches, self.opened = net, [], threading.Event()

    def classify(self, photos, **options):
        self.batches.append(len(photos))
        assert self.opened.wait(60)
        return self.net.classify(photos, **options)


@pytest.fixture
def service():
    names = {"__name__": "service"}
    exec(test_docs.programs("docs/serving.md")[0], names)
    names["net"] = Gate(names["net"])
    return names


def serve(service, body):
    """Runs `body` with a client of the service, ends the service, and returns the result and the answers to the requests
    that `body` has noted in its list."""

    async def run():
        app, requests = service["app"], []
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service", timeout=60) as client:
            async with app.router.lifespan_context(app):
                result = await body(client, requests)
            return result, await asyncio.gather(*requests)

    return asyncio.run(run())


def post(client, photo):
    return asyncio.create_task(client.post("/classify", content=photo))


async def waiting(service, count):
    """Waits until the service holds `count` requests that are not answered."""
    while service["app"].state.queue._unfinished_tasks < count:
        await asyncio.sleep(0.01)


async def first_batch(service, client, requests):
    """Makes a request, and waits until the service computes it."""
    requests.append(post(client, CAT))
    while not service["net"].batches:
        await asyncio.sleep(0.01)


def test_requests_at_the_same_time_are_batches_and_a_bad_picture_is_alone(service):
    async def body(client, requests):
        await first_batch(service, client, requests)
        requests.extend(post(client, b"no photo" if number == 3 else CAT) for number in range(9))
        await waiting(service, 10)
        service["net"].opened.set()

    _, answers = serve(service, body)
    assert service["net"].batches == [1, 8, 1]
    assert [answer.status_code for answer in answers] == [200] * 4 + [400] + [200] * 5
    assert answers[0].json()[0]["label"] == "Egyptian cat"
    assert answers[4].json()["detail"]


def test_too_many_requests_are_refused_and_those_that_wait_are_answered_at_the_end(service):
    async def body(client, requests):
        await first_batch(service, client, requests)
        requests.extend(post(client, b"") for _ in range(service["WAITING"]))
        await waiting(service, 1 + service["WAITING"])
        refused = await client.post("/classify", content=CAT)
        service["net"].opened.set()
        return refused

    refused, answers = serve(service, body)
    assert refused.status_code == 503 and refused.headers["Retry-After"] == "1"
    assert [answer.status_code for answer in answers] == [200] + [400] * service["WAITING"]
