#!/usr/bin/env python3
"""What readers of the status page cost training: see Etc/bench-readers. Needs Python alone.

A daemon trains the example dataset. Turn by turn, nobody looks, and then many readers do: each holds the overview's event
stream open, as an open tab does, and loads a page now and then. Training speed is the images per second of whole epochs,
as the worker says it.

The speed of a machine that is shared, as virtual ones are, changes by more than what is looked for. So the verdict is by
what the kernel counts: for how long the threads of training were ready to run and had no processor (proc(5), schedstat).
One may wait for the other, so all of it, of all threads together, is taken for lost. Readers sit at other machines, and
here on this one: the processor time that they take themselves is taken off. Speeds are shown beside it.
"""
import argparse
import asyncio
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

PAGES = ["/", "/history", "/status.json", "/metrics", "/style.css"]


class Reader:
    """One open tab: an event stream, and a page every `pause` seconds."""

    def __init__(self, port, number, pause):
        self.port, self.number, self.pause = port, number, pause
        self.events = self.pages = self.failures = 0

    async def connect(self, path):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        await self.ask(writer, path)
        return reader, writer

    async def ask(self, writer, path):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        await writer.drain()

    async def stream(self):
        while True:
            try:
                reader, writer = await self.connect("/events")
                while chunk := await reader.read(1 << 16):
                    self.events += chunk.count(b"data:")
                writer.close()
            except OSError:
                self.failures += 1
            await asyncio.sleep(1)

    async def load(self):
        """On one connection, as a browser does, for as long as the server keeps it."""
        await asyncio.sleep(self.pause * (self.number % 97) / 97)
        reader = writer = None
        while True:
            path = PAGES[(self.number + self.pages) % len(PAGES)]
            try:
                if writer is None or reader.at_eof():
                    reader, writer = await self.connect(path)
                else:
                    await self.ask(writer, path)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))
                if head.startswith(b"HTTP/1.1 200"):
                    self.pages += 1
                else:
                    self.failures += 1
            except (OSError, asyncio.IncompleteReadError):
                self.failures += 1
                writer = None
            await asyncio.sleep(self.pause)


async def read(port, count, pause, seconds):
    readers = [Reader(port, i, pause) for i in range(count)]
    tasks = [asyncio.create_task(work) for r in readers for work in (r.stream(), r.load())]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [sum(getattr(r, name) for r in readers) for name in ("events", "pages", "failures")]


def epochs(events):
    """Images per second, and seconds, of all epochs so far."""
    found = []
    for line in events.read_text().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            # The last line may just be being written.
            continue
        if event.get("event") == "epoch":
            found.append((event["imagesPerSecond"], event["seconds"]))
    return found


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited(pid):
    """Seconds for which the threads of a process were ready to run and did not, by thread."""
    times = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            times[task.name] = int((task / "schedstat").read_text().split()[1]) / 1e9
        except OSError:
            # It has ended meanwhile.
            continue
    return times


def worker_of(daemon):
    """The process that trains: the child of the daemon that has worked most."""
    children = pathlib.Path(f"/proc/{daemon}/task")
    pids = {int(pid) for task in children.iterdir() for pid in (task / "children").read_text().split()}
    return max(pids, key=processor_seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("distilld")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--turns", type=int, default=5, help="turns without and with readers")
    parser.add_argument("--seconds", type=float, default=30, help="of one turn")
    parser.add_argument("--pause", type=float, default=30, help="seconds between the pages of one reader")
    parser.add_argument("--limit", type=float, default=2, help="percent that training may lose")
    options = parser.parse_args()

    work = pathlib.Path(tempfile.mkdtemp(prefix="distilld-readers-"))
    daemon = None
    try:
        (work / "Inbox").mkdir()
        (work / "distilld.yaml").write_text(
            "inbox: Inbox\noutbox: Outbox\nstate: State\nsettleSeconds: 0.5\nhttp: { port: 0 }\n")
        subprocess.run([options.distilld, "example", work / "Inbox" / "shapes", "--train", "100", "--test", "10"],
                       check=True, stdout=subprocess.DEVNULL)
        log = open(work / "daemon.log", "w+")
        daemon = subprocess.Popen([options.distilld, "serve", "--config", work / "distilld.yaml"], stdout=log, stderr=log)
        (work / "Inbox" / "long.job.yaml").write_text(
            "dataset: shapes\nteacher: { model: resnet8, epochs: 10000 }\nstudent: { model: convnet3 }\n")

        def wait(what, condition, seconds=120):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                if (found := condition()) is not None:
                    return found
                if daemon.poll() is not None:
                    break
                time.sleep(0.2)
            sys.exit(f"bench-readers: {what}: not in time\n{(work / 'daemon.log').read_text()[-3000:]}")

        def address():
            match = re.search(r"The status page is served.*address=http://[^:]*:(\d+)", (work / "daemon.log").read_text())
            return int(match[1]) if match else None

        def events():
            files = list((work / "State").glob("jobs/*/events*"))
            return files[0] if files and len(epochs(files[0])) >= 3 else None

        port = wait("the page is served", address)
        file = wait("training begins", events)
        worker = worker_of(daemon.pid)
        quiet, busy, totals, own_seconds = [], [], [0, 0, 0], 0.0
        shares = {False: [], True: []}
        delays = {False: [], True: []}
        # Each turn with readers lies between two without, so that what else slows the machine down slows both.
        for turn in range(2 * options.turns + 1):
            before, start, used = len(epochs(file)), time.monotonic(), processor_seconds(daemon.pid)
            looked = turn % 2 == 1
            waits = waited(worker)
            if looked:
                before_own = time.process_time()
                for i, value in enumerate(asyncio.run(read(port, options.readers, options.pause, options.seconds))):
                    totals[i] += value
                own_seconds += time.process_time() - before_own
            else:
                time.sleep(options.seconds)
            later = waited(worker)
            delays[looked].append(
                100 * sum(later[t] - waits.get(t, 0) for t in later) / (time.monotonic() - start))
            shares[looked].append((processor_seconds(daemon.pid) - used) / (time.monotonic() - start))
            # The first epoch began before the turn.
            ended = epochs(file)[before + 1:]
            if not ended:
                sys.exit("bench-readers: no epoch fits into a turn: give more --seconds")
            speed = sum(rate * seconds for rate, seconds in ended) / sum(seconds for _, seconds in ended)
            (busy if looked else quiet).append(speed)
            print(f"{'with' if looked else 'without'} readers: {speed:,.0f} images/s over {len(ended)} epochs", flush=True)
        own = 100 * own_seconds / options.turns / options.seconds
        around = lambda values: [statistics.mean(pair) for pair in zip(values, values[1:])]
        losses = [with_ - without - own for without, with_ in zip(around(delays[False]), delays[True])]
        loss = statistics.median(losses)
        slower = [100 * (1 - b / q) for q, b in zip(around(quiet), busy)]
        print(f"{options.readers} readers: {totals[0]:,} events and {totals[1]:,} pages read, {totals[2]} failures; "
              f"the daemon took {100 * statistics.median(shares[True]):.1f}% of one core of {os.cpu_count()}, and "
              f"{100 * statistics.median(shares[False]):.1f}% without them; the readers took "
              f"{own:.1f}%")
        print(f"by its speed training lost {statistics.median(slower):.2f}% (median of "
              f"{', '.join(f'{x:.2f}' for x in slower)})")
        print(f"by what its threads waited for a processor, but for the readers' own work, it lost {loss:.2f}% (median of "
              f"{', '.join(f'{x:.2f}' for x in losses)})")
        if totals[2] or not totals[0] or not totals[1]:
            sys.exit("bench-readers: not every reader was served")
        if loss >= options.limit:
            sys.exit(f"bench-readers: more than {options.limit}%")
    finally:
        if daemon and daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
        shutil.rmtree(work, ignore_errors=True)


main()
