// Everything works without this. With it, single keys press what is shown beside them, and a
// reader goes on at the heading of the page that took the other's place.
"use strict";
(() => {
  let busy = false;
  const counting = (event) => event.target.matches("#counts, #sums");
  const typing = (place) =>
    place.isContentEditable ||
    place.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  // On keyboards without Latin letters the key at the same place counts.
  function named(event) {
    if (/^[a-z0-9?]$/i.test(event.key)) return event.key.toLowerCase();
    const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
    return place ? place[1].toLowerCase() : "";
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (busy || typing(event.target) || !document.querySelector("main[data-keys]")) return;
    const name = named(event);
    const found = name && document.querySelector(`[data-key="${name}"]`);
    if (!found) return;
    event.preventDefault();
    if ("focusOnly" in found.dataset) found.focus();
    else found.click();
    const folded = found.closest("details:not([open])");
    if (folded && !found.matches("summary")) folded.open = true;
  });

  // One press, one decision: nothing counts while an answer is under way.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!counting(event)) busy = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!counting(event) && event.detail.failed) busy = false;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (counting(event)) return;
    busy = false;
    ready();
    (document.querySelector("[data-focus]") || document.querySelector("main")).focus();
  });

  function ready() {
    const harms = document.querySelector(".deciding .harms");
    if (harms && matchMedia("(min-width: 60rem)").matches) harms.open = true;
  }

  ready();
})();
