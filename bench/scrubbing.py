"""How smoothly a backward of 300 drawn nodes is scrubbed: the time between frames, in Chromium where there is one."""

from .chromium import new_page

NODES = 290
PROGRAM = f"""import torch
w = torch.ones(64, requires_grad=True)
y = w
for _ in range({NODES // 2}):
    y = torch.tanh(y * w)
y.sum().backward()
"""
READY = "() => document.querySelectorAll('#graph .gradient').length > 200"
SCRUB = """async () => {
  const slider = document.querySelector("#replay .scrub");
  const [last, frames] = [Number(slider.max), []];
  let before = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 240; frame += 1) {
    slider.value = Math.round(((Math.sin(frame / 12) + 1) / 2) * last);
    slider.dispatchEvent(new Event("input"));
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  return [document.querySelectorAll("#graph .node").length, frames];
}"""


def frames_ms(address: str) -> tuple[int, list[float]] | None:
    """How many nodes were drawn, and the milliseconds between 240 frames with the slider at another place in each."""
    with new_page() as page:
        if page is None:
            return None
        page.goto(address)
        page.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(PROGRAM)
        page.get_by_role("switch", name="Fold").click()
        page.wait_for_function(READY, timeout=60_000)
        drawn, frames = page.evaluate(SCRUB)
    return drawn, frames
