// How the server is: a banner while it starts, where it refuses to run programs, and where it has no walls.

import { byId } from "./bar.js";
import * as client from "./client.js";
import { slot } from "./dom.js";
import { t } from "./words.js";

const PAUSE_MS = 1_000;

/**
 * Asks until the server is ready or refuses, and says which it is; gives the state.
 * @param {(run: client.Run) => void} play what to do with a recorded run that a person wants to see
 */
export async function watchHealth(play) {
  const health = await client
    .health()
    .catch((error) => ({ state: /** @type {const} */ ("refusing"), unsafe: false, detail: error.message }));
  document.body.dataset.server = health.state;
  const banner = byId("banner");
  banner.hidden = health.state === "ready" && !health.unsafe;
  banner.dataset.kind = health.unsafe ? "unsafe" : health.state;
  if (health.state === "starting") {
    tell(banner, t("Starting."), t("The sandbox is warming up; code you run now waits for it."));
    setTimeout(() => void watchHealth(play), PAUSE_MS);
  } else if (health.state === "ready" && health.unsafe) {
    tell(
      banner,
      t("No sandbox."),
      t("Code on this page can read and change everything your account can. Run only code you trust."),
    );
  } else if (health.state === "refusing") {
    tell(banner, t("Code can't run here."), health.detail);
    await offerRecordings(banner, play);
  }
  return health.state;
}

/** @param {HTMLElement} banner @param {string} title @param {string} text */
function tell(banner, title, text) {
  slot(banner, "title").textContent = title;
  slot(banner, "text").textContent = text;
}

/** Where no code may run the page still plays what the server has recorded. @param {HTMLElement} banner @param {(run: client.Run) => void} play */
async function offerRecordings(banner, play) {
  const command = slot(banner, "command");
  command.textContent = "python3 run.py --unsafe-no-sandbox";
  command.hidden = false;
  const list = slot(banner, "runs");
  const runs = await client.runs().catch(() => []);
  list.hidden = runs.length === 0;
  list.replaceChildren(
    ...runs.map((each) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      button.type = "button";
      button.className = "button small";
      button.textContent = t("Play {title}", { title: each.title ?? each.id });
      button.addEventListener("click", () => play(each));
      item.append(button);
      return item;
    }),
  );
}
