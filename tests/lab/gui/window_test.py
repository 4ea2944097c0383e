"""The window end to end, on a display without a screen.

usage: window_test.py PROGRAM [TEST...]        the tests' names: --list
"""

import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

from window_driver import Display, Window

PROGRAM = ""

DARK = {"panel": (0x14, 0x18, 0x1E), "pools": [(0x24, 0x7F, 0xEC), (0xFF, 0x98, 0x1B)]}
LIGHT = {"panel": (0xFF, 0xFF, 0xFF)}


def line_colors(color):
    """A pool's line lets some of the panel through where another pool is selected, and more where its
    trial is not valid, which a busy machine decides."""
    return [tuple(round(p + (c - p) * part) for c, p in zip(color, DARK["panel"]))
            for part in (1, 0.82, 0.45, 0.82 * 0.45)]


SMALL = {
    "schema": "poollab.scenario/1",
    "name": "small",
    "description": "Two pools, half a second each.",
    "seed": 3,
    "run": {"warmup_s": 0.1},
    "classes": [{"name": "t", "service": {"dist": "exponential", "mean_us": 50}}],
    "phases": [
        {"name": "calm", "duration_s": 0.4, "arrival": {"process": "poisson", "rate_per_s": 1500}},
        {"name": "rush", "duration_s": 0.4, "arrival": {"process": "poisson", "rate_per_s": 6000}},
    ],
    "pools": [{"id": "one", "dispatch": "pull", "workers": 1},
              {"id": "two", "dispatch": "stealing", "workers": 2}],
    "baseline": "one",
    "expect": [{"metric": "failed", "op": "==", "value": 0}],
}
OVER = ("Finished", "Stopped early", "Failed")


class WindowTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.display = Display()

    @classmethod
    def tearDownClass(cls):
        cls.display.close()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="poollab-window-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def scenario(self, name="small.json", **changes):
        path = self.folder / name
        path.write_text(json.dumps({**SMALL, **changes}, indent=1))
        return path

    def long_scenario(self):
        return self.scenario("long.json", phases=[
            {"name": "endless", "duration_s": 120,
             "arrival": {"process": "poisson", "rate_per_s": 1000}}])

    def open(self, *arguments):
        window = Window(PROGRAM, self.display, self.folder, *arguments)
        self.addCleanup(window.close)
        return window

    def centre_color(self, window, panel):
        """The panel's ground: a pixel of its rim inside the frame, where nothing is drawn."""
        x0, y0, x1, y1 = window.box(panel)
        return self.display.picture().at((x0 + x1) // 2, y1 - 3)

    def test_runs_a_scenario_and_draws_every_pool(self):
        # More than either pool can serve: lines that are zero all the time would hide each other.
        phases = [SMALL["phases"][0],
                  {"name": "rush", "duration_s": 0.4,
                   "arrival": {"process": "poisson", "rate_per_s": 60000}}]
        window = self.open(self.scenario(phases=phases))
        window.wait_state("run", "Ready")
        window.click("run")
        window.wait_state("run", *OVER)
        self.assertEqual(window.state("run"), "Finished")
        window.rest_mouse()
        for plot in ("plot.throughput", "plot.latency", "plot.queue", "plot.workers",
                     "plot.percentiles"):
            box = window.box(plot)
            for color in DARK["pools"]:
                shades = line_colors(color)
                window.wait(lambda box=box, shades=shades: any(
                    self.display.picture().count(box, shade, 30) > 0 for shade in shades),
                            f"colour {color} in {plot}")
        heat = window.box("plot.heat")
        window.wait(lambda: self.display.picture().count(heat, DARK["panel"]) <
                    0.99 * (heat[2] - heat[0]) * (heat[3] - heat[1]), "something in the heat map")
        self.assertEqual(self.centre_color(window, "panel.pools"), DARK["panel"])

    def test_picks_a_scenario_from_the_cards(self):
        window = self.open()
        self.assertEqual(window.state("run"), "No scenario")
        window.click("card.backpressure")
        window.wait_state("scenario", "backpressure")
        window.wait_state("run", "Ready")

    def test_picks_a_scenario_by_its_path(self):
        path = self.scenario()
        window = self.open()
        window.click("scenario")
        window.click("scenario.path")
        window.type(str(path))
        window.click("scenario.open")
        window.wait_state("scenario", "small")

    def test_stop_keeps_what_was_measured(self):
        window = self.open(self.long_scenario(), "--run")
        window.wait_state("run", "Running")
        window.wait(lambda: "plot.throughput" in window.tags()["boxes"], "the plots")
        window.click("stop")
        window.wait_state("run", "Stopped early")
        self.assertEqual(window.state("result"), "yes")

    def test_space_runs_and_stops(self):
        window = self.open(self.long_scenario())
        window.wait_state("run", "Ready")
        window.rest_mouse()
        window.key("space")
        window.wait_state("run", "Running")
        window.key("space")
        window.wait_state("run", "Stopping", "Stopped early")

    def test_exports_the_result(self):
        window = self.open(self.scenario(), "--run")
        window.wait_state("run", "Finished")
        window.click("export")
        window.box("export.save")
        window.click("export.save")
        window.wait(lambda: window.state("exported"), "the export")
        result = json.loads((self.folder / window.state("exported")).read_text())
        self.assertEqual(result["schema"], "poollab.result/1")
        self.assertEqual([trial["pool"] for trial in result["trials"]], ["one", "two"])

    def test_unticked_pools_are_left_out(self):
        window = self.open(self.scenario())
        window.click("tick.one")
        window.click("run")
        window.wait_state("run", "Finished")
        self.assertEqual(window.state("trial").split("/")[1], "1")

    def test_switches_theme(self):
        window = self.open(self.scenario())
        window.rest_mouse()
        window.wait(lambda: self.centre_color(window, "panel.pools") == DARK["panel"], "dark")
        window.click("theme")
        window.wait_state("theme", "light")
        window.wait(lambda: self.centre_color(window, "panel.pools") == LIGHT["panel"], "light")
        window.key("t")
        window.wait_state("theme", "dark")

    def test_keys_switch_tabs_pools_and_help(self):
        window = self.open(self.scenario())
        window.rest_mouse()
        for key, tab in zip("23451", ("Heat maps", "Workers", "Scenario", "Results", "Live")):
            window.key(key)
            window.wait_state("tab", tab)
        window.key("Down")
        window.wait_state("selected", "two")
        window.key("b")
        window.wait_state("baseline", "two")
        window.key("F1")
        window.wait_state("help", "yes")
        window.key("Escape")
        window.wait_state("help", "no")
        window.key("l")
        window.wait_state("live", "no")

    def test_no_click_or_key_is_lost(self):
        window = self.open(self.scenario(), "--run")
        window.wait_state("run", "Finished")
        # Odd numbers of toggles, as fast as they can be sent.
        self.display.do("mousemove", 5, 5, "key", *["t"] * 15)
        window.wait_state("theme", "light")
        x0, y0, x1, y1 = window.box("live")
        self.display.do("mousemove", (x0 + x1) // 2, (y0 + y1) // 2, "click", "--repeat", "15",
                        "--delay", "1", "1")
        window.wait_state("live", "no")

    def test_a_drag_selects_and_escape_clears(self):
        window = self.open(self.scenario(), "--run")
        window.wait_state("run", "Finished")
        window.drag("plot.throughput", 0.4, 0.8)
        window.wait_state("selection", "yes")
        window.key("Escape")
        window.wait_state("selection", "no")

    def test_a_bad_scenario_is_explained_and_can_be_reloaded(self):
        path = self.scenario("bad.json", seed="twelve")
        window = self.open(path)
        window.box("panel.error")
        self.assertNotEqual(window.state("problems"), "0")
        self.scenario("bad.json")
        window.click("reload")
        window.wait_state("problems", "0")
        window.wait_state("scenario", "small")

    def test_takes_a_screenshot_and_leaves(self):
        picture = self.folder / "picture.png"
        done = subprocess.run(
            [PROGRAM, "gui", str(self.scenario()), "--run", "--size", "1280x800", "--screenshot",
             str(picture)], env=self.display.environment(), capture_output=True, text=True,
            timeout=120, check=False, start_new_session=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        head = picture.read_bytes()[:24]
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", head[16:24]), (1280, 800))

    def test_a_window_that_stands_still_draws_nothing_while_it_is_measured(self):
        out = self.folder / "still.json"
        window = self.open(self.scenario(), "--run", "--measure", "--out", str(out))
        window.wait_state("run", *OVER)
        self.assertEqual(window.state("run"), "Finished")
        window.wait(out.exists, "the result")
        result = json.loads(out.read_text())
        self.assertTrue(result["gui"])
        # One at most, where the window's first exposure comes late.
        self.assertLessEqual(sum(trial["frames_drawn"] for trial in result["trials"]), 1)
        self.assertEqual(window.state("still"), "yes")

    def test_a_key_wakes_a_window_that_stands_still(self):
        window = self.open(self.long_scenario(), "--run", "--measure")
        window.wait_state("run", "Running")
        window.wait_state("still", "yes")
        window.rest_mouse()
        window.key("x")
        window.wait_state("still", "no")
        self.assertEqual(window.state("run"), "Running")
        window.click("stop")
        window.wait_state("run", "Stopped early")

    def test_a_signal_keeps_what_was_measured(self):
        out = self.folder / "partial.json"
        window = self.open(self.long_scenario(), "--run", "--out", str(out))
        window.wait_state("run", "Running")
        window.wait(lambda: "plot.throughput" in window.tags()["boxes"], "the plots")
        window.process.send_signal(signal.SIGTERM)
        self.assertEqual(window.process.wait(60), 128 + signal.SIGTERM)
        self.assertTrue(json.loads(out.read_text())["interrupted"])

    def test_a_display_that_goes_away_keeps_what_was_measured(self):
        display = Display()
        window = Window(PROGRAM, display, self.folder, self.long_scenario(), "--run")
        self.addCleanup(display.close)
        self.addCleanup(window.close)
        window.wait_state("run", "Running")
        window.wait(lambda: "plot.throughput" in window.tags()["boxes"], "the plots")
        display.kill()
        said = window.process.communicate(timeout=60)[1]
        self.assertEqual(window.process.returncode, 3, said)
        kept = pathlib.Path(said.split("kept what was measured in ")[1].splitlines()[0])
        self.assertTrue(json.loads(kept.read_text())["interrupted"])

    def test_every_run_is_written_and_none_replaced(self):
        out = self.folder / "r.json"
        window = self.open(self.scenario(), "--pools", "two", "--set", "/seed=9", "--out", str(out))
        window.wait_state("run", "Ready")
        for name in ("r.json", "r-2.json"):
            window.click("run")
            window.wait_state("run", "Running", *OVER)
            window.wait(lambda name=name: (self.folder / name).exists(), name)
            result = json.loads((self.folder / name).read_text())
            self.assertEqual([trial["pool"] for trial in result["trials"]], ["two"])
            self.assertEqual(result["scenario"]["seed"], 9)
            window.wait_state("run", *OVER)

    def test_remembers_the_theme(self):
        window = self.open(self.scenario())
        window.click("theme")
        window.wait_state("theme", "light")
        window.close()
        window = self.open(self.scenario())
        self.assertEqual(window.state("theme"), "light")
        window.click("theme")
        window.wait_state("theme", "dark")

    def test_an_unwritable_screenshot_is_an_error(self):
        done = subprocess.run(
            [PROGRAM, "gui", "--screenshot", str(self.folder / "no" / "folder.png"),
             "--exit-after", "0.5"], env=self.display.environment(), capture_output=True,
            text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("folder.png", done.stderr)


class NoDisplayTest(unittest.TestCase):
    def test_what_cannot_be_written_is_said_before_a_window_opens(self):
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        for option in ("--tags", "--screenshot", "--out"):
            done = subprocess.run([PROGRAM, "gui", "burst", option, "/no/such/folder/file"],
                                  env=environment, capture_output=True, text=True, timeout=60,
                                  check=False)
            self.assertEqual(done.returncode, 3, option)
            self.assertIn("/no/such/folder/file", done.stderr)

    def run_without(self, **variables):
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.run([PROGRAM, "gui"], env={**environment, **variables},
                              capture_output=True, text=True, timeout=60, check=False)

    def test_no_display_names_the_headless_command(self):
        done = self.run_without()
        self.assertEqual(done.returncode, 2)
        self.assertIn("poollab run", done.stderr)
        self.assertIn("display", done.stderr)

    def test_a_display_that_does_not_answer_is_named(self):
        done = self.run_without(DISPLAY=":4242")
        self.assertEqual(done.returncode, 2)
        self.assertIn(":4242", done.stderr)
        self.assertIn("poollab run", done.stderr)

    def test_a_display_without_opengl_is_told_from_no_display(self):
        display = Display()
        self.addCleanup(display.close)
        # Mesa refuses a version that does not exist, as a machine without OpenGL would.
        done = self.run_without(DISPLAY=display.name, MESA_GL_VERSION_OVERRIDE="2.1",
                                MESA_GLSL_VERSION_OVERRIDE="120")
        self.assertEqual(done.returncode, 2)
        self.assertIn("OpenGL", done.stderr)
        self.assertIn("poollab run", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
