"""Drives the window from outside: a virtual display, the program in it, and its tags file.

Tests click names and wait for states; they know neither coordinates nor times. Needs Xvfb and
xdotool; pictures are read from the display's own memory, so no image library.
"""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time

PATIENCE_S = 60.0


class Display:
    """An X server without a screen. Its picture is a file that can be read at any time."""

    def __init__(self, width=1600, height=1000):
        self._folder = tempfile.TemporaryDirectory(prefix="poollab-display-")
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24",
             "-noreset", "-nolisten", "tcp", "-fbdir", self._folder.name],
            pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"

    def close(self):
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def kill(self):
        """As when the X server crashes."""
        self._server.kill()
        self._server.wait()

    def environment(self):
        # What the program keeps in the user's home goes into the display's own folder.
        environment = dict(os.environ, DISPLAY=self.name, XDG_CONFIG_HOME=self._folder.name,
                           XDG_STATE_HOME=self._folder.name)
        environment.pop("WAYLAND_DISPLAY", None)
        return environment

    def do(self, *command):
        subprocess.run(["xdotool", *map(str, command)], env=self.environment(), check=True,
                       stdout=subprocess.DEVNULL)

    def picture(self):
        """Rows of (r, g, b), read from the XWD file that Xvfb keeps."""
        raw = (pathlib.Path(self._folder.name) / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", raw[:100])
        header_size, width, height, stride, colors = (header[0], header[4], header[5], header[12],
                                                      header[19])
        pixels = header_size + colors * 12
        return Picture(raw, pixels, stride, width, height)


class Picture:
    def __init__(self, raw, begin, stride, width, height):
        self._raw, self._begin, self._stride = raw, begin, stride
        self.width, self.height = width, height

    def at(self, x, y):
        i = self._begin + y * self._stride + x * 4
        return (self._raw[i + 2], self._raw[i + 1], self._raw[i])

    def count(self, box, color, tolerance=6):
        """How many pixels of the box have about that colour."""
        found = 0
        for y in range(box[1], min(box[3], self.height)):
            for x in range(box[0], min(box[2], self.width)):
                p = self.at(x, y)
                if all(abs(p[k] - color[k]) <= tolerance for k in range(3)):
                    found += 1
        return found


class Window:
    """The program with its window open."""

    def __init__(self, program, display, folder, *arguments):
        self._display = display
        self.tags_path = pathlib.Path(folder) / "tags.json"
        self.tags_path.unlink(missing_ok=True)
        # A session of its own: while a run goes on the window's threads are at SCHED_IDLE, and other
        # tests in the same scheduling group would leave it no time.
        self.process = subprocess.Popen(
            [program, "gui", "--tags", str(self.tags_path), *map(str, arguments)], cwd=folder,
            env=dict(display.environment(), XDG_CONFIG_HOME=str(folder),
                     XDG_STATE_HOME=str(folder)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True)
        self.wait(lambda: self.tags_path.exists(), "the tags file")

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate()

    def tags(self):
        return json.loads(self.tags_path.read_text())

    def state(self, key):
        return self.tags()["state"].get(key, "")

    def box(self, name):
        """Where it is, once it stays there: a popup takes a few frames to find its place."""
        seen = [None, None, None]

        def settled():
            seen.append(self.tags()["boxes"].get(name))
            return seen[-1] is not None and seen[-1] == seen[-2] == seen[-3]

        self.wait(settled, f"'{name}' on the screen")
        return seen[-1]

    def wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended while waiting for {what}: "
                                     f"{self.process.communicate()[1]}")
            if time.monotonic() > deadline:
                said = self.tags_path.read_text() if self.tags_path.exists() else "nothing"
                raise AssertionError(f"waited {PATIENCE_S} s for {what}; the window says {said}")
            time.sleep(0.05)

    def wait_state(self, key, *wanted):
        self.wait(lambda: self.state(key) in wanted, f"{key} = {' or '.join(wanted)}")

    def click(self, name):
        x0, y0, x1, y1 = self.box(name)
        self._display.do("mousemove", (x0 + x1) // 2, (y0 + y1) // 2)
        self._display.do("click", 1)

    def drag(self, name, from_part, to_part):
        x0, y0, x1, y1 = self.box(name)
        y = (y0 + y1) // 2
        self._display.do("mousemove", int(x0 + (x1 - x0) * from_part), y, "mousedown", 1)
        self._display.do("mousemove", int(x0 + (x1 - x0) * to_part), y, "mouseup", 1)

    def rest_mouse(self):
        """Where nothing reacts to it."""
        self._display.do("mousemove", 5, 5)

    def key(self, *keys):
        self._display.do("key", *keys)

    def type(self, text):
        self._display.do("type", text)
