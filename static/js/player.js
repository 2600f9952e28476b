// The position in a film and how it moves: by steps, by the slider, by itself. Knows nothing of what is shown.

/**
 * `show` is called at most once in a frame of the screen, with the newest position; `state` when it starts and stops.
 * @param {(at: number) => void} show @param {(isPlaying: boolean) => void} state
 */
export function createPlayer(show, state) {
  let [at, last, rate] = [0, 0, 1];
  let timer = 0;
  let frame = 0;

  /** @param {number} next */
  const go = (next) => {
    at = Math.min(Math.max(next, 0), last);
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      show(at);
    });
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    state(false);
  };
  const play = () => {
    clearInterval(timer);
    if (at >= last) go(0);
    timer = setInterval(() => {
      go(at + 1);
      if (at >= last) pause();
    }, 1_000 / rate);
    state(true);
  };

  return {
    pause,
    /** Where it is. */
    at: () => at,
    /** Takes a film of so many positions, at its end. @param {number} length */
    load(length) {
      pause();
      last = length;
      at = last;
    },
    /** @param {number} next */
    go(next) {
      pause();
      go(next);
    },
    toggle: () => (timer ? pause() : play()),
    /** @param {number} stepsPerSecond */
    pace(stepsPerSecond) {
      rate = stepsPerSecond;
      if (timer) play();
    },
  };
}
