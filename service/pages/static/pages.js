// Everything works without this. With it, pages are put in place of each other, so that the
// browser's list of pages to go back to holds one of ours at most, and none after leaving.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const say = (name) => {
    const place = one("#status");
    place.textContent = name ? place.dataset[name] : "";
    place.classList.toggle("hidden", !name || name === "reading");
  };

  // A page of ours, or nothing: a proxy's, or an error in JSON, would take the place of what was
  // typed, and of the button to leave.
  async function read(answer) {
    if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return one("#content", page) && one("[data-leave]", page) ? page : null;
  }

  function put(fresh, part) {
    const [from, to] = [part && one(`#${part}`, fresh), part && one(`#${part}`)];
    if (from && to) {
      to.replaceWith(from);
      from.focus();
    } else {
      document.title = fresh.title;
      document.documentElement.lang = fresh.documentElement.lang;
      document.documentElement.dir = fresh.documentElement.dir;
      document.body.replaceWith(fresh.body);
      scrollTo(0, 0);
      (one("[data-focus]") || one("main")).focus();
    }
    ready();
  }

  // What was chosen in a part goes into the address and the links to other languages: kept, opened
  // again or in another language, the page shows it too. An answer has no address of its own.
  function chosen(form, url) {
    if (location.pathname === "/") return;
    const at = (address) => {
      const found = new URL(address);
      for (const { name } of form.querySelectorAll("select"))
        found.searchParams.set(name, url.searchParams.get(name));
      return found.href;
    };
    history.replaceState(null, "", at(location.href));
    for (const link of document.querySelectorAll(".languages a")) link.href = at(link.href);
  }

  const sent = new WeakSet(); // forms whose answer is under way: a second tap sends nothing
  let pressed = null; // last, for browsers that do not say what sent a form
  const typed = () => [...document.querySelectorAll("textarea")].some((field) => field.value);

  async function go(url, body, form) {
    say("reading");
    try {
      const answer = await fetch(url, body ? { method: "POST", body } : {});
      const page = await read(answer);
      if (!page) return say(answer.status === 413 ? "long" : "busy");
      if (form) chosen(form, url);
      else history.replaceState(null, "", url);
      put(page, form && form.dataset.part);
    } catch {
      if (body || typed()) say("offline");
      else location.replace(url);
    }
  }

  function ready() {
    for (const name of ["print", "picture"]) {
      const button = one(`[data-${name}]`);
      if (button) button.hidden = false;
    }
    const keep = one("[data-keep]");
    if (keep && "serviceWorker" in navigator)
      navigator.serviceWorker.getRegistration().then((found) => {
        keep.hidden = Boolean(found);
        one("[data-forget]").hidden = !found;
      });
  }

  function leave(link) {
    document.body.textContent = "";
    document.title = "";
    location.replace(link.href);
  }

  async function share(link) {
    if (navigator.share) await navigator.share({ url: link.href }).catch(() => {});
    else go(new URL(link.href));
  }

  async function keep() {
    const at = location.pathname === "/advice" ? location.pathname + location.search : "/advice";
    await navigator.serviceWorker.register(`/worker.js?at=${encodeURIComponent(at)}`);
    await navigator.serviceWorker.ready;
    ready();
    say("kept");
  }

  async function forget() {
    for (const found of await navigator.serviceWorker.getRegistrations()) await found.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
    ready();
    say("forgotten");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const button = event.target.closest("button[type=button]");
    pressed = event.target.closest("button, [type=submit]");
    if (button && "print" in button.dataset) print();
    else if (button && "picture" in button.dataset) picture();
    else if (button && "keep" in button.dataset) keep();
    else if (button && "forget" in button.dataset) forget();
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (!("leave" in link.dataset) && url.origin !== location.origin) return;
    event.preventDefault();
    if ("leave" in link.dataset) leave(link);
    else if ("share" in link.dataset) share(link);
    else if (link.hash) {
      const place = one(link.hash);
      place.scrollIntoView();
      place.focus({ preventScroll: true });
    } else go(url);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const by = event.submitter || (pressed && pressed.form === form ? pressed : null);
    event.preventDefault();
    if (sent.has(form)) return;
    const fields = new URLSearchParams(new FormData(form));
    if (by && by.name) fields.append(by.name, by.value);
    const url = new URL(by && by.hasAttribute("formaction") ? by.formAction : form.action);
    if (form.method === "post") {
      sent.add(form);
      return go(url, fields).finally(() => sent.delete(form));
    }
    url.search = fields;
    return go(url, null, "part" in form.dataset && form);
  });

  // A picture of what was seen, without the text.

  function* lines(pen, text, width) {
    const words = Intl.Segmenter
      ? [...new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text)]
      : text.split(/(\s+)/).map((segment) => ({ segment }));
    let line = "";
    for (const { segment } of words) {
      if (line && pen.measureText(line + segment).width > width) {
        yield line.trim();
        line = "";
      }
      line += segment;
    }
    yield line.trim();
  }

  function picture() {
    const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
    const parts = [];
    const add = (selector, font, gap) =>
      document.querySelectorAll(selector).forEach((found) => parts.push([text(found), font, gap]));
    add("#result h1", "bold 40px", 10);
    add("#result .lead", "28px", 30);
    document.querySelectorAll(".signs > li").forEach((sign) => {
      parts.push([text(one("h3", sign)), "bold 28px", 6], [text(one("p", sign)), "28px", 20]);
    });
    add(".never h2", "bold 28px", 6);
    document.querySelectorAll(".never li").forEach((found) => parts.push([`• ${text(found)}`, "28px", 6]));
    const [width, edge] = [1080, 60];
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const laid = [];
    let bottom = edge;
    for (const [words, font, gap] of parts) {
      pen.font = `${font} system-ui, sans-serif`;
      for (const line of lines(pen, words, width - 2 * edge)) {
        bottom += parseInt(font.match(/\d+/)[0], 10) * 1.6;
        laid.push([line, pen.font, bottom]);
      }
      bottom += gap;
    }
    [canvas.width, canvas.height] = [width, bottom + edge];
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#16212b";
    pen.direction = document.documentElement.dir;
    pen.textAlign = "start";
    for (const [line, font, at] of laid) {
      pen.font = font;
      pen.fillText(line, pen.direction === "rtl" ? width - edge : edge, at);
    }
    canvas.toBlob(save, "image/png");
  }

  function save(blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "advice.png";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  ready();
})();
