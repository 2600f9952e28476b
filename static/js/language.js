// The language switch: the choice is kept in a cookie, for it is the server that speaks.

import { byId } from "./bar.js";

const YEAR_S = 31_536_000;
const choice = /** @type {HTMLSelectElement | null} */ (byId("language"));

choice?.addEventListener("change", () => {
  document.cookie = `${choice.dataset.cookie}=${choice.value}; path=/; max-age=${YEAR_S}; samesite=strict`;
  const address = new URL(location.href);
  address.searchParams.delete("language");
  if (address.href === location.href) location.reload();
  else location.replace(address);
});
